"""Distributes the tests over the worker processes of pytest-xdist.

Tests that share costly fixtures run in one worker. The longest of these groups start first, so that
no worker waits for another at the end.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

# The tests of a pipeline share trained models, and the tests of the scaffold share a copy of the
# project, so each of these folders is a group. In other folders, a module is a group.
PIPELINES, SCAFFOLD = "tests/pipelines", "tests/unit/scaffold"
# Each test of these modules uses a laptop cloud of its own for minutes, so each test is a group.
SCENARIO, LIFECYCLE = "tests/permissions/test_scenario.py", "tests/integration/test_lifecycle.py"
KILLED = "tests/faults/test_killed_server.py"
# The longest folders and modules start first.
LONGEST = (
    *(KILLED, "tests/faults", SCENARIO, LIFECYCLE),
    *(f"tests/integration/test_{name}.py" for name in ("extractions", "serving", "smoke")),
    *("tests/integration", SCAFFOLD, PIPELINES, "tests/declared", "tests/unit/stacks"),
)


class GroupScheduling(LoadScopeScheduling):
    """Assigns groups to the workers, in the order of collection."""

    def __init__(self, config: pytest.Config, log: Any) -> None:
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        module = _module(nodeid)
        if module.as_posix() in (SCENARIO, LIFECYCLE):
            return nodeid
        shared = {SCAFFOLD, PIPELINES} & set(_folders(module)[:2])
        return module.parent.as_posix() if shared else module.as_posix()


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> GroupScheduling:
    """Replace the scheduler of `--numprocesses`."""
    return GroupScheduling(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort the longest folders and modules to the front."""
    items.sort(key=lambda item: _rank(item.nodeid))


def _rank(nodeid: str) -> int:
    module = _module(nodeid)
    places = [module.as_posix(), *_folders(module)]
    return next((rank for rank, each in enumerate(LONGEST) if each in places), len(LONGEST))


def _folders(module: PurePosixPath) -> list[str]:
    """Return the folder of a module and its parent folders."""
    return [folder.as_posix() for folder in module.parents]


def _module(nodeid: str) -> PurePosixPath:
    return PurePosixPath(nodeid.partition("::")[0])
