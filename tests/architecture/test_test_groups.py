"""The groups of tests that run in one worker."""

from __future__ import annotations

import pytest

from tests.scheduling import LIFECYCLE, OWN_LAPTOPS, SCENARIO, group_of


@pytest.mark.parametrize("module", (*OWN_LAPTOPS, SCENARIO))
def test_the_modules_with_own_laptops_exist(repository, module):
    assert (repository / module).is_file()


@pytest.mark.parametrize(
    ("test", "group"),
    [
        ("tests/integration/test_serving.py::test_a", "tests/integration"),
        ("tests/integration/test_smoke.py::test_a", "tests/integration/test_smoke.py"),
        (f"{LIFECYCLE}::test_a", f"{LIFECYCLE}::test_a"),
        ("tests/faults/test_api_faults.py::test_a[x]", "tests/faults"),
        ("tests/pipelines/bank/test_a.py::test_a", "tests/pipelines/bank"),
        ("tests/unit/scaffold/test_a.py::test_a", "tests/unit/scaffold"),
        ("tests/unit/stacks/test_a.py::test_a", "syntheses"),
        ("tests/snapshots/test_a.py::test_a", "syntheses"),
        ("tests/unit/warehouse/test_a.py::test_a", "tests/unit/warehouse/test_a.py"),
    ],
)
def test_tests_that_share_a_costly_fixture_are_a_group(test, group):
    assert group_of(test) == group
