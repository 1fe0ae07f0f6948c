"""Rules for every test, and the folder of real data sets, if it exists."""

from __future__ import annotations

from pathlib import Path

import pytest

from local_cloud.tests.guards import REPOSITORY, no_credentials, no_network, repository

__all__ = ["no_credentials", "no_network", "repository"]

pytest_plugins = ("tests.registry", "tests.scheduling")

REAL_DATA = REPOSITORY.parent / "shared" / "data"


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data sets; tests that use it are skipped if it is missing."""
    if not REAL_DATA.is_dir():
        pytest.skip(f"the real data sets are not at {REAL_DATA}")
    return REAL_DATA
