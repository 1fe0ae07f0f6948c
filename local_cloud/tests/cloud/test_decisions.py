"""The combined decision of identity, boundary, session and resource policies."""

from __future__ import annotations

import pytest

from local_cloud.authorization.decision import Call, Policies, decide
from local_cloud.authorization.policy import read_policy
from local_cloud.authorization.principals import ANONYMOUS, Caller

ACCOUNT = "123456789012"
ROLE = Caller(
    account=ACCOUNT,
    role=f"arn:aws:iam::{ACCOUNT}:role/job",
    session=f"arn:aws:sts::{ACCOUNT}:assumed-role/job/one",
)
EVENTS = Caller(service="events.amazonaws.com")
OBJECT = "arn:aws:s3:::lake/in/a"
OTHER_ACCOUNT = "arn:aws:iam::210987654321:root"


def policy(effect="Allow", action="s3:GetObject", resource="*", **more):
    statement = {"Effect": effect, "Action": action, "Resource": resource, **more}
    return read_policy("p", {"Statement": statement})


def of(*principals, effect="Allow", **more):
    """Return a resource policy with these principals."""
    (principal,) = principals
    return policy(effect, Principal=principal, **more)


def allowed(caller=ROLE, context=None, **policies):
    call = Call(caller, "s3:GetObject", OBJECT, context or {})
    return decide(call, Policies(**policies)).allowed


OWN, NONE = [policy()], []
DENY = policy("Deny")


@pytest.mark.parametrize(
    ("policies", "expected"),
    [
        ({"identity": NONE}, False),
        ({"identity": OWN}, True),
        ({"identity": [*OWN, DENY]}, False),
        # boundaries and session policies restrict; they do not allow
        ({"identity": OWN, "boundary": OWN}, True),
        ({"identity": OWN, "boundary": NONE}, False),
        ({"identity": NONE, "boundary": OWN}, False),
        ({"identity": OWN, "boundary": [*OWN, DENY]}, False),
        ({"identity": OWN, "session": NONE}, False),
        ({"identity": OWN, "session": OWN}, True),
        # the resource's policy
        ({"resource": of({"AWS": ROLE.role})}, True),
        ({"resource": of({"AWS": ROLE.session})}, True),
        ({"resource": of("*")}, True),
        ({"resource": of({"AWS": "*"})}, True),
        ({"resource": of({"AWS": f"arn:aws:iam::{ACCOUNT}:root"})}, False),
        ({"resource": of({"AWS": ACCOUNT})}, False),
        ({"resource": of({"AWS": OTHER_ACCOUNT})}, False),
        ({"resource": of({"Service": "events.amazonaws.com"})}, False),
        ({"identity": OWN, "resource": of("*", effect="Deny")}, False),
        ({"identity": OWN, "resource": of({"AWS": ACCOUNT}, effect="Deny")}, False),
        ({"identity": OWN, "resource": of({"AWS": OTHER_ACCOUNT}, effect="Deny")}, True),
        # keys and roles: their own policy must allow the action
        ({"identity": OWN, "resource": of({"AWS": ACCOUNT}), "resource_decides": True}, True),
        ({"resource": of({"AWS": ACCOUNT}), "resource_decides": True}, False),
        ({"resource": of({"AWS": ROLE.role}), "resource_decides": True}, True),
        (
            {"identity": OWN, "resource": of({"AWS": OTHER_ACCOUNT}), "resource_decides": True},
            False,
        ),
    ],
)
def test_a_role(policies, expected):
    assert allowed(**policies) is expected


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        ({"Service": "events.amazonaws.com"}, True),
        ({"Service": ["sns.amazonaws.com", "events.amazonaws.com"]}, True),
        ({"Service": "lambda.amazonaws.com"}, False),
        ({"AWS": ACCOUNT}, False),
        ("*", True),
    ],
)
def test_a_service(principal, expected):
    assert allowed(EVENTS, resource=of(principal)) is expected


def test_anonymous_callers_are_allowed_what_is_public():
    assert allowed(ANONYMOUS, resource=of("*"))
    assert not allowed(ANONYMOUS, resource=of({"AWS": ACCOUNT}))
    assert not allowed(ANONYMOUS)


def test_not_principal():
    but = policy("Deny", NotPrincipal={"AWS": ROLE.role})
    assert allowed(identity=OWN, resource=but)
    assert not allowed(EVENTS, resource=but)


SECURE_ONLY = of("*", effect="Deny", Condition={"Bool": {"aws:SecureTransport": "false"}})
SAME_ACCOUNT = of(
    "*",
    effect="Deny",
    Condition={
        "StringNotEquals": {"aws:PrincipalAccount": ACCOUNT},
        "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
    },
)


@pytest.mark.parametrize(
    ("resource", "context", "expected"),
    [
        (SECURE_ONLY, {"aws:securetransport": ("true",)}, True),
        (SECURE_ONLY, {"aws:securetransport": ("false",)}, False),
        (SAME_ACCOUNT, {"aws:principalaccount": (ACCOUNT,)}, True),
        (SAME_ACCOUNT, {"aws:principalaccount": ("210987654321",)}, False),
        (SAME_ACCOUNT, {"aws:principalisawsservice": ("true",)}, True),
        (SAME_ACCOUNT, {}, False),
    ],
)
def test_denials_with_conditions(resource, context, expected):
    assert allowed(context=context, identity=OWN, resource=resource) is expected


def test_a_decision_names_its_statements_and_its_reason():
    call = Call(ROLE, "s3:GetObject", OBJECT)
    yes = decide(call, Policies(identity=[policy(Sid="Read")]))
    assert [statement.name for statement in yes.statements] == ["p[0] Read"]
    assert decide(call, Policies()).why == "because no identity-based policy allows the action"
    assert decide(call, Policies(identity=[DENY])).why == "with an explicit deny"
    limited = decide(call, Policies(identity=OWN, boundary=NONE))
    assert limited.why == "because no permissions boundary allows the action"


def test_an_action_without_a_resource_needs_a_star():
    call = Call(ROLE, "ec2:DescribeVpcs", "*")
    star = policy(action="ec2:Describe*")
    named = policy(action="ec2:Describe*", resource="arn:aws:ec2:*:*:vpc/*")
    assert decide(call, Policies(identity=[star])).allowed
    assert not decide(call, Policies(identity=[named])).allowed
