"""The current calls of roles equal the recorded calls."""

from __future__ import annotations

import pytest

from tests.permissions.record import calls_of, recorded_calls, uses
from tests.permissions.scenario import live
from tests.permissions.templates import RECORDED

pytestmark = [pytest.mark.laptop, pytest.mark.slow]


@pytest.mark.parametrize("environment", RECORDED)
def test_nothing_is_denied_and_each_use_of_a_grant_is_recorded(environment):
    reports = live(environment)
    assert [call for each in reports for call in each["calls"] if not call["allowed"]] == []
    recorded = uses(environment, recorded_calls(environment))
    assert set(uses(environment, calls_of(environment, reports))) == set(recorded), (
        "run make permissions"
    )
