"""Distributes the tests over the worker processes of pytest-xdist.

Tests that share what is costly to prepare run in one worker; the longest of these groups start
first, so that no worker waits for the other at the end.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).parents[1]
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


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each test its group and sort the groups."""
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_group(_relative(item))))
    items.sort(key=lambda item: _rank(_relative(item)))


def _relative(item: pytest.Item) -> PurePosixPath:
    return PurePosixPath(item.path.relative_to(ROOT).as_posix())


def _group(module: PurePosixPath) -> str:
    folder = module.parent.as_posix()
    return folder if folder in SHARING else module.as_posix()


def _rank(module: PurePosixPath) -> int:
    folder = module.parent.as_posix()
    return LONGEST.index(folder) if folder in LONGEST else len(LONGEST)
