"""Which calls a fault strikes, and how often."""

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
def test_action_resource_and_role_must_fit(fields, fits):
    assert Fault("throttle", **fields).fits(PUT) is fits


def test_kinds_of_places_happen_only_there():
    host = Operation(RUN_HOST, ("arn:job/algo-1",), "any")
    assert Fault("kill").fits(host)
    assert not Fault("kill").fits(PUT)
    assert not Fault("throttle").fits(host)
    assert not Fault("twice").fits(host)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"kind": "melt"}, "'melt'"),
        ({"kind": "kill", "action": "s3:*"}, RUN_HOST),
        ({"kind": "throttle", "action": DELIVER_EVENT}, "API"),
        ({"kind": "error", "after": -1}, "after is -1"),
        ({"kind": "error", "times": 0}, "times is 0"),
        ({"kind": "slow", "seconds": -0.5}, "seconds is -0.5"),
    ],
)
def test_what_cannot_be_is_refused(fields, told):
    with pytest.raises(InvalidFault, match=told):
        Fault(**fields)


def struck(fault, asked):
    registry = FaultRegistry()
    registry.inject(fault)
    return [registry.trigger(one) is not None for one in asked]


def test_it_lets_some_pass_and_strikes_some():
    assert struck(Fault("error", after=1, times=2), [PUT] * 5) == [False, True, True, False, False]
    assert struck(Fault("error", after=1, times=None), [PUT] * 4) == [False, True, True, True]


def test_each_role_and_action_counts_by_itself():
    other_role = Operation("s3:PutObject", (OBJECT,), "other")
    other_action = Operation("s3:GetObject", (OBJECT,), PUT.role)
    asked = [PUT, PUT, other_role, other_action, other_action]
    assert struck(Fault("error", each=True), asked) == [True, False, True, True, False]
    assert struck(Fault("error"), asked) == [True, False, False, False, False]


def test_what_was_struck_is_kept_until_it_is_cleared():
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
