"""Distributes the tests over the worker processes of pytest-xdist.

Tests that share costly fixtures run in one worker. The longest of these groups start first, so that
no worker waits for another at the end.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

# In these folders, tests share a deployed laptop cloud, the trained models of a pipeline, or a copy
# of the project: a folder is a group. In other folders, a module is a group.
SHARED_LAPTOPS = ("tests/integration", "tests/faults")
SCAFFOLD, PIPELINES = "tests/unit/scaffold", "tests/pipelines"
SHARED = {*SHARED_LAPTOPS, SCAFFOLD, PIPELINES}
# These folders synthesise the same environments, once per worker: together they are one group.
SYNTHESES = {"tests/declared", "tests/unit/stacks", "tests/snapshots", "tests/crosscheck"}
# The modules whose tests deploy laptop clouds of their own, the longest first. A module that is not
# in this list runs in the worker of its folder.
OWN_LAPTOPS = (
    "tests/faults/test_killed_server.py",
    "tests/faults/test_deployment_faults.py",
    *(
        f"tests/integration/test_{name}.py"
        for name in (
            *("tutorial", "smoke", "lifecycle", "model_integrity", "orphaned_stacks"),
            *("bank", "emr", "features", "with_real_data", "changed_warehouse", "new_data"),
            "incremental",
            *(
                "planted_secrets",
                "bias",
                "serverless",
                "existing_infrastructure",
                "data_contract",
                "databases",
                "own_packages",
                "own_image",
            ),
            *("account", "network_growth", "private_network"),
        )
    ),
)
# Each test of these modules uses a laptop cloud of its own for minutes, so each test is a group.
SCENARIO, LIFECYCLE = "tests/permissions/test_scenario.py", "tests/integration/test_lifecycle.py"
# It describes what the first run leaves, before other modules of its folder approve the model.
FIRST_RUN = "tests/integration/test_whole_run.py"
# The longest folders and modules start first.
LONGEST = (
    *(SCENARIO, FIRST_RUN, *SHARED_LAPTOPS, *OWN_LAPTOPS),
    *sorted(SYNTHESES),
    *(SCAFFOLD, PIPELINES),
)


class GroupScheduling(LoadScopeScheduling):
    """Assigns groups to the workers, in the order of collection."""

    def __init__(self, config: pytest.Config, log: Any) -> None:
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)


def group_of(nodeid: str) -> str:
    """Return the name of the group of a test: its own, or that of a module or a folder."""
    module = _module(nodeid)
    if module.as_posix() in (SCENARIO, LIFECYCLE):
        return nodeid
    if module.parent.as_posix() in SYNTHESES:
        return "syntheses"
    is_shared = module.as_posix() not in OWN_LAPTOPS and SHARED & set(_folders(module)[:2])
    return module.parent.as_posix() if is_shared else module.as_posix()


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> GroupScheduling:
    """Replace the scheduler of `--numprocesses`."""
    return GroupScheduling(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort the longest folders and modules to the front."""
    items.sort(key=lambda item: _rank(item.nodeid))


def _rank(nodeid: str) -> int:
    """Return the place of the module, or else of its closest folder, in LONGEST."""
    module = _module(nodeid)
    places = (module.as_posix(), *_folders(module))
    return next((LONGEST.index(each) for each in places if each in LONGEST), len(LONGEST))


def _folders(module: PurePosixPath) -> list[str]:
    """Return the folder of a module and its parent folders."""
    return [folder.as_posix() for folder in module.parents]


def _module(nodeid: str) -> PurePosixPath:
    return PurePosixPath(nodeid.partition("::")[0])
