"""The calls that a fault affects, and their number."""

from __future__ import annotations

import pytest

from local_cloud.faults.fault import DELIVER_EVENT, RUN_HOST, Fault, InvalidFault, Operation
from local_cloud.faults.fault_registry import FaultRegistry

OBJECT = "arn:aws:s3:::lake/runs/tickit/one/part[0].csv"
PUT = Operation("s3:PutObject", (OBJECT,), "redline-local-tickit-Roles")


@pytest.mark.parametrize(
    ("fields", "fits"),
    [
        ({}, True),
        ({"action": "s3:*", "resource": "arn:aws:s3:::lake/runs/*", "role": "*tickit*"}, True),
        ({"action": "S3:putobject"}, True),
        ({"resource": "*/part[0].csv"}, True),
        ({"resource": "*/part0.csv"}, False),
        ({"action": "s3:Get*"}, False),
        ({"role": "administrator"}, False),
    ],
)
def test_action_resource_and_role_must_match(fields, fits):
    assert Fault("throttle", **fields).fits(PUT) is fits


def test_kinds_with_a_fixed_action_affect_only_that_action():
    host = Operation(RUN_HOST, ("arn:job/algo-1",), "any")
    assert Fault("kill").fits(host)
    assert not Fault("kill").fits(PUT)
    assert not Fault("throttle").fits(host)
    assert not Fault("twice").fits(host)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"kind": "melt"}, "'melt'"),
        ({"kind": "kill", "action": "s3:*"}, RUN_HOST),
        ({"kind": "throttle", "action": DELIVER_EVENT}, "API"),
        ({"kind": "error", "after": -1}, "after is -1"),
        ({"kind": "error", "times": 0}, "times is 0"),
        ({"kind": "slow", "seconds": -0.5}, "seconds is -0.5"),
    ],
)
def test_invalid_fields_are_refused(fields, message):
    with pytest.raises(InvalidFault, match=message):
        Fault(**fields)


def is_affected(fault, asked):
    registry = FaultRegistry()
    registry.inject(fault)
    return [registry.trigger(one) is not None for one in asked]


def test_after_and_times_limit_the_affected_calls():
    assert is_affected(Fault("error", after=1, times=2), [PUT] * 5) == [
        False,
        True,
        True,
        False,
        False,
    ]
    assert is_affected(Fault("error", after=1, times=None), [PUT] * 4) == [False, True, True, True]


def test_each_role_and_action_has_its_own_count():
    other_role = Operation("s3:PutObject", (OBJECT,), "other")
    other_action = Operation("s3:GetObject", (OBJECT,), PUT.role)
    asked = [PUT, PUT, other_role, other_action, other_action]
    assert is_affected(Fault("error", each=True), asked) == [True, False, True, True, False]
    assert is_affected(Fault("error"), asked) == [True, False, False, False, False]


def test_hits_are_kept_until_they_are_cleared():
    registry = FaultRegistry()
    registry.inject(Fault("throttle", action="s3:Put*"))
    registry.trigger(PUT)
    report = registry.report()
    assert [fault["action"] for fault in report["faults"]] == ["s3:Put*"]
    hit = report["hits"][0]
    assert (hit["kind"], hit["action"], hit["resource"]) == ("throttle", "s3:PutObject", OBJECT)
    registry.clear()
    assert registry.report() == {"faults": [], "hits": []}
    assert registry.empty
