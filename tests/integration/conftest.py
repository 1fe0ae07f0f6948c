"""One laptop cloud for all tests of this folder: started, deployed and loaded by its commands."""

from __future__ import annotations

import pytest

from tests.integration.laptop import deployed


@pytest.fixture(scope="session")
def laptop(tmp_path_factory):
    """A started and deployed laptop cloud with generated data."""
    with deployed(tmp_path_factory.mktemp("laptop")) as laptop:
        yield laptop


@pytest.fixture(scope="session")
def first_run(laptop):
    """The summary of the execution that the deployed schedule rule started."""
    return laptop.json("tick", "tickit")
