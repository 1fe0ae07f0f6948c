"""Evaluates the policies of templates for calls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from local_cloud.authorization.decision import Call, Decision, Policies, decide
from local_cloud.authorization.policy import Policy, Statement, read_policy
from local_cloud.authorization.principals import Caller
from tests.permissions.names import ACCOUNT, Templates


@dataclass(frozen=True)
class Deployed:
    """Policies by role (`<stack/logical id>`), including trust, and by ARN of a resource."""

    identity: Mapping[str, list[Policy]]
    trust: Mapping[str, Policy]
    resources: Mapping[str, list[Policy]] = field(default_factory=dict)

    def statements(self) -> list[tuple[str, Statement]]:
        """Pairs of a role and each of its statements."""
        own = [
            (role, statement)
            for role, policies in self.identity.items()
            for policy in policies
            for statement in policy.statements
        ]
        return own + [(role, s) for role, policy in self.trust.items() for s in policy.statements]

    def decide(self, call: Call, *, without: Statement | None = None) -> Decision:
        """Return the decision on a call, optionally without one statement."""
        own = self.identity.get(_name(call.caller.role), [])
        given = self._of(call)
        policies = Policies(
            identity=[_without(policy, without) for policy in own],
            resource=None if given is None else _without(given, without),
            resource_decides=given is not None
            and str(call.resource).split(":")[2] in ("iam", "kms"),
        )
        return decide(call, policies)

    def _of(self, call: Call) -> Policy | None:
        resource = str(call.resource)
        if call.action == "sts:AssumeRole":
            return self.trust.get(_name(resource))
        named = _bucket(resource) if resource.startswith("arn:aws:s3:::<") else resource
        found = self.resources.get(named)
        if not found:
            return None
        return Policy(named, tuple(s for policy in found for s in policy.statements))


def deployed(templates: Templates) -> Deployed:
    """Return the policies of one environment."""
    identity: dict[str, list[Policy]] = {}
    trust: dict[str, Policy] = {}
    for stack, logical_id, properties in templates.resources("AWS::IAM::Role"):
        name = templates.name(stack, logical_id)
        document = templates.resolved(properties["AssumeRolePolicyDocument"], stack)
        trust[name] = read_policy(f"{stack}/{logical_id} trust", document)
        identity[name] = [
            read_policy(f"{stack}/{logical_id}", templates.resolved(own["PolicyDocument"], stack))
            for own in properties.get("Policies", [])
        ]
    for stack, logical_id, properties in templates.resources("AWS::IAM::Policy"):
        document = templates.resolved(properties["PolicyDocument"], stack)
        policy = read_policy(f"{stack}/{logical_id}", document)
        for role in templates.resolved(properties["Roles"], stack):
            identity[role.rpartition("role/")[2]].append(policy)
    return Deployed(identity, trust, _resource_policies(templates))


def call_of(recorded: Mapping[str, Any]) -> Call:
    """Create a call from a recorded call."""
    caller = Caller(service=recorded["service"])
    if recorded["role"]:
        role = f"arn:aws:iam::{ACCOUNT}:role/{recorded['role']}"
        session = f"arn:aws:sts::{ACCOUNT}:assumed-role/{recorded['role']}/session"
        caller = Caller(account=ACCOUNT, role=role, session=session)
    context = {key: tuple(values) for key, values in recorded["context"].items()}
    return Call(caller, recorded["action"], recorded["resource"], context)


def _resource_policies(templates: Templates) -> dict[str, list[Policy]]:
    found: dict[str, list[Policy]] = {}

    def add(arn: str, policy: Policy) -> None:
        found.setdefault(arn, []).append(policy)

    for stack, logical_id, properties in templates.resources("AWS::KMS::Key"):
        arn = templates.resolved({"Fn::GetAtt": [logical_id, "Arn"]}, stack)
        add(arn, _policy(templates, stack, logical_id, properties["KeyPolicy"]))
    for stack, logical_id, properties in templates.resources("AWS::S3::BucketPolicy"):
        arn = f"arn:aws:s3:::{templates.resolved(properties['Bucket'], stack)}"
        add(arn, _policy(templates, stack, logical_id, properties["PolicyDocument"]))
    for kind, member, prefix in (
        ("AWS::SQS::QueuePolicy", "Queues", "arn:aws:sqs:us-east-1:123456789012:"),
        ("AWS::SNS::TopicPolicy", "Topics", ""),
    ):
        for stack, logical_id, properties in templates.resources(kind):
            for name in templates.resolved(properties[member], stack):
                policy = _policy(templates, stack, logical_id, properties["PolicyDocument"])
                add(f"{prefix}{name}", policy)
    for stack, logical_id, properties in templates.resources("AWS::Lambda::Permission"):
        given = templates.resolved(properties, stack)
        add(given["FunctionName"], read_policy(f"{stack}/{logical_id}", _permission(given)))
    return found


def _policy(templates: Templates, stack: str, logical_id: str, document: Any) -> Policy:
    return read_policy(f"{stack}/{logical_id}", templates.resolved(document, stack))


def _permission(given: Mapping[str, Any]) -> dict[str, Any]:
    conditions = {
        key: {name: given[member]}
        for key, name, member in (
            ("ArnLike", "aws:SourceArn", "SourceArn"),
            ("StringEquals", "aws:SourceAccount", "SourceAccount"),
        )
        if member in given
    }
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": given["Principal"]},
        "Action": given["Action"],
        "Resource": given["FunctionName"],
        "Condition": conditions,
    }
    return {"Statement": [statement]}


def _bucket(resource: str) -> str:
    """Return the ARN of an object's bucket, whose name in these tests contains a slash."""
    return resource[: resource.index(">") + 1]


def _name(arn: str) -> str:
    return arn.rpartition("role/")[2]


def _without(policy: Policy, statement: Statement | None) -> Policy:
    if statement is None or statement not in policy.statements:
        return policy
    return replace(policy, statements=tuple(s for s in policy.statements if s is not statement))
