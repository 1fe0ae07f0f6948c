"""Distributes the tests over the worker processes of pytest-xdist.

Tests that share what is costly to prepare run in one worker; the longest of these groups start
first, so that no worker waits for the other at the end.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

# Folders whose tests share trained models or a copy of the project. Elsewhere a module is a group:
# its fixtures are prepared once.
SHARING = (
    "tests/unit/scaffold",
    "tests/unit/census",
    "tests/unit/bank",
    "tests/unit/tickit",
    "tests/unit/insurance",
    "tests/unit/tickit_monitor",
)
# What takes longest starts first.
LONGEST = ("tests/faults", "tests/integration", *SHARING)


class GroupScheduling(LoadScopeScheduling):
    """Gives a worker one group after another, in the order of collection."""

    def __init__(self, config: pytest.Config, log: Any) -> None:
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        folder = _folder(nodeid)
        return folder if folder in SHARING else _module(nodeid).as_posix()


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> GroupScheduling:
    """Replace the scheduler of `--numprocesses`."""
    return GroupScheduling(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort the longest folders to the front."""
    items.sort(key=lambda item: _rank(item.nodeid))


def _rank(nodeid: str) -> int:
    folder = _folder(nodeid)
    return LONGEST.index(folder) if folder in LONGEST else len(LONGEST)


def _folder(nodeid: str) -> str:
    return _module(nodeid).parent.as_posix()


def _module(nodeid: str) -> PurePosixPath:
    return PurePosixPath(nodeid.partition("::")[0])
