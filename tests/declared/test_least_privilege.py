"""No stack has unneeded wildcards, unconditional access of services, or access from outside."""

from __future__ import annotations

import pytest

from local_cloud.authorization.decision import Call
from local_cloud.authorization.policy import as_list
from local_cloud.authorization.principals import ANONYMOUS, Caller
from local_cloud.authorization.resource_arns import has_no_resource
from tests.permissions.names import ACCOUNT
from tests.permissions.policies import deployed
from tests.permissions.templates import templates_of

GUARDS = {"aws:SourceAccount", "aws:SourceArn", "sts:ExternalId"}
GUARDS |= {"kms:EncryptionContext:aws:logs:arn"}
# EventBridge sends neither account nor rule to an encrypted topic: see data_key.py.
UNGUARDED = {("events.amazonaws.com", "sns:Publish"), ("events.amazonaws.com", "kms:Decrypt")}
UNGUARDED |= {("events.amazonaws.com", "kms:GenerateDataKey*")}
# AWS does not document that Redshift's scheduler sends either: see cluster_pause.py.
UNGUARDED |= {("scheduler.redshift.amazonaws.com", "sts:AssumeRole")}
OTHER_ACCOUNT = Caller(
    account="210987654321",
    role="arn:aws:iam::210987654321:role/stranger",
    session="arn:aws:sts::210987654321:assumed-role/stranger/x",
)


@pytest.fixture
def policies(environment):
    return deployed(templates_of(environment))


def may_be_open(role, action):
    """CreateProcessingJob rejects EC2 permissions that name resources.

    https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html
    """
    return has_no_resource(action) or ("/RolesProcessingRole" in role and action.startswith("ec2:"))


def own_statements(policies):
    return [statement for _, statement in policies.statements() if statement.resources]


def resource_statements(policies):
    return [s for found in policies.resources.values() for p in found for s in p.statements]


def services(statement):
    principal = statement.body.get("Principal", {})
    return as_list(principal.get("Service", [])) if isinstance(principal, dict) else []


def test_no_statement_leaves_actions_open(policies):
    for statement in own_statements(policies):
        assert "NotAction" not in statement.body
        assert "NotResource" not in statement.body
        assert [action for action in statement.actions if "*" in action] == [], statement.name


def test_a_star_stands_only_for_actions_that_have_no_resource(policies):
    for role, statement in policies.statements():
        stars = "*" in statement.resources
        for action in statement.actions if statement.resources else ():
            assert may_be_open(role, action) is stars, f"{statement.name}: {action}"


def test_services_act_for_this_account_alone(policies):
    trusts = [policy for policy in policies.trust.values()]
    every = [*(s for policy in trusts for s in policy.statements), *resource_statements(policies)]
    for statement in every:
        keys = {key for keys in statement.body.get("Condition", {}).values() for key in keys}
        for service in services(statement):
            if statement.allows and not keys & GUARDS:
                open_to = {(service, action) for action in statement.actions}
                assert open_to <= UNGUARDED, f"{statement.name}: {open_to}"


def test_no_role_is_open_to_anybody_but_services(policies):
    for policy in policies.trust.values():
        for statement in policy.statements:
            assert set(statement.body["Principal"]) == {"Service"}, statement.name


@pytest.mark.parametrize(
    ("kind", "action", "below"),
    [
        ("arn:aws:s3:::", "s3:GetObject", "/x"),
        ("arn:aws:s3:::", "s3:ListBucket", ""),
        ("arn:aws:sqs:", "sqs:SendMessage", ""),
        ("arn:aws:sns:", "sns:Publish", ""),
        ("arn:aws:lambda:", "lambda:InvokeFunction", ""),
        ("arn:aws:kms:", "kms:Decrypt", ""),
    ],
)
def test_strangers_are_kept_out(policies, kind, action, below):
    """Anonymous callers, roles of other accounts, and services acting for these are denied."""
    guarded = [arn for arn in policies.resources if arn.startswith(kind)]
    foreign = {"aws:sourceaccount": ("210987654321",), "aws:principalisawsservice": ("true",)}
    secure = {"aws:securetransport": ("true",)}
    for arn in guarded:
        for caller, context in (
            (ANONYMOUS, secure),
            (OTHER_ACCOUNT, {**secure, "aws:principalaccount": ("210987654321",)}),
            (Caller(service="cloudwatch.amazonaws.com"), {**secure, **foreign}),
            (Caller(service="lambda.amazonaws.com"), {**secure, **foreign}),
        ):
            call = Call(caller, action, f"{arn}{below}", context)
            assert not policies.decide(call).allowed, (arn, caller.name)


def test_buckets_deny_other_accounts_and_plain_http_to_everybody(policies):
    buckets = [arn for arn in policies.resources if arn.startswith("arn:aws:s3:::")]
    assert len(buckets) >= 2
    ours = {"aws:principalaccount": (ACCOUNT,)}
    for arn in buckets:
        for keys in (
            {**ours, "aws:securetransport": ("false",)},
            {"aws:principalaccount": ("210987654321",), "aws:securetransport": ("true",)},
        ):
            decision = policies.decide(Call(OTHER_ACCOUNT, "s3:GetObject", f"{arn}/x", keys))
            assert decision.why == "with an explicit deny", (arn, keys)


def test_no_role_writes_a_record_that_accepts_data(policies):
    (lake,) = [
        arn for arn in policies.resources if arn.startswith("arn:aws:s3:::") and "Lake" in arn
    ]
    for role in policies.identity:
        arn = f"arn:aws:iam::{ACCOUNT}:role/{role}"
        caller = Caller(account=ACCOUNT, role=arn, session=f"{arn}/session")
        keys = {
            "aws:principalaccount": (ACCOUNT,),
            # CloudFormation names a role after its stack.
            "aws:principalarn": (arn.replace("<", ""),),
            "aws:securetransport": ("true",),
        }
        call = Call(caller, "s3:PutObject", f"{lake}/accepted-data/demand/0.json", keys)
        assert policies.decide(call).why == "with an explicit deny", role


@pytest.mark.parametrize("kind", ["arn:aws:sqs:", "arn:aws:sns:"])
def test_queues_and_topics_refuse_plain_http(policies, kind):
    action = {"arn:aws:sqs:": "sqs:SendMessage", "arn:aws:sns:": "sns:Publish"}[kind]
    insecure = {"aws:securetransport": ("false",), "aws:principalaccount": (ACCOUNT,)}
    for arn in [arn for arn in policies.resources if arn.startswith(kind)]:
        decision = policies.decide(Call(OTHER_ACCOUNT, action, arn, insecure))
        assert decision.why == "with an explicit deny", arn
