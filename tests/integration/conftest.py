"""One laptop cloud for the tests of this folder: started, deployed and loaded by its commands.

To deploy and load the environment takes most of a minute, so tests/scheduling.py gives all modules
that use `laptop` to one worker. Such a test leaves what other tests need as it was: it changes a
copy of a pipeline, and restores approvals. A module that needs another environment, or destroys
what it uses, has a laptop cloud of its own: with only the pipelines that it needs (`deployed`), and
with a line in OWN_LAPTOPS of tests/scheduling.py.
"""

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
