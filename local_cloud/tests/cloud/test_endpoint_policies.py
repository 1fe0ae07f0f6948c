"""The decision with the policy of a VPC endpoint, in AWS' wording.

https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""

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
IMPLICIT = "because no VPC endpoint policy allows the s3:PutObject action"
EXPLICIT = "with an explicit deny in a VPC endpoint policy"


def policy(effect="Allow", **more):
    statement = {"Effect": effect, "Action": "*", "Resource": "*", **more}
    return read_policy("p", {"Statement": statement})


OWN = [policy()]
PERIMETER = {"StringEquals": {"aws:ResourceAccount": ACCOUNT}}


@pytest.mark.parametrize(
    ("endpoint", "why"),
    [
        (policy(Principal="*"), ""),
        (policy(Principal={"AWS": ROLE.role}), ""),
        (policy(Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"}), ""),
        (policy(Principal={"AWS": "arn:aws:iam::210987654321:root"}), IMPLICIT),
        (policy(Principal="*", Action="s3:GetObject"), IMPLICIT),
        (policy(Principal="*", Condition=PERIMETER), IMPLICIT),
        (policy("Deny", Principal="*"), EXPLICIT),
    ],
)
def test_the_endpoint_must_allow_what_the_role_may(endpoint, why):
    keys = {"aws:resourceaccount": ("210987654321",)}
    call = Call(ROLE, "s3:PutObject", "arn:aws:s3:::another/x", keys)
    decision = decide(call, Policies(identity=OWN, endpoint=endpoint))
    assert (decision.allowed, decision.why) == (not why, why)


def test_an_endpoint_gives_no_permission():
    call = Call(ROLE, "s3:PutObject", "arn:aws:s3:::another/x")
    assert not decide(call, Policies(endpoint=policy(Principal="*"))).allowed


def test_an_anonymous_caller_needs_the_endpoint_too():
    call = Call(ANONYMOUS, "s3:PutObject", "arn:aws:s3:::another/x")
    of_account = policy(
        Principal="*", Condition={"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}
    )
    open_bucket = policy(Principal="*")
    assert decide(call, Policies(resource=open_bucket)).allowed
    assert decide(call, Policies(resource=open_bucket, endpoint=of_account)).why == IMPLICIT
