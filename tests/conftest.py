"""Rules for every test, and the folder of real data sets, if it exists."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import boto3
import pytest

from local_cloud.tests.guards import (
    REPOSITORY,
    no_credentials,
    no_network,
    plain_moto,
    repository,
    service_models,
)

__all__ = ["no_credentials", "no_network", "plain_moto", "repository", "service_models"]

pytest_plugins = ("tests.registry", "tests.scheduling")

REAL_DATA = REPOSITORY.parent / "shared" / "data"


@pytest.fixture
def use_variables(monkeypatch: pytest.MonkeyPatch) -> Callable[[Mapping[str, str]], None]:
    """Set the variables of a laptop cloud, and forget the credentials of an earlier one.

    boto3's default session reads the credentials once, and each laptop cloud has its own.
    """

    def use(variables: Mapping[str, str]) -> None:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)

    return use


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data sets; tests that use it are skipped if it is missing."""
    if not REAL_DATA.is_dir():
        pytest.skip(f"the real data sets are not at {REAL_DATA}")
    return REAL_DATA
