"""One laptop cloud for all tests of this folder: up, deployed and loaded by its own commands."""

from __future__ import annotations

import pytest

from tests.integration.laptop import Laptop


@pytest.fixture(scope="session")
def laptop(tmp_path_factory):
    """Up, deployed and loaded with generated data."""
    laptop = Laptop(tmp_path_factory.mktemp("laptop") / "state")
    laptop.run("up")
    try:
        laptop.run("deploy", "local")
        laptop.run("load")
        yield laptop
    finally:
        laptop.run("down")


@pytest.fixture(scope="session")
def first_run(laptop):
    """The summary of the execution that the deployed schedule rule started."""
    return laptop.json("tick", "tickit")
