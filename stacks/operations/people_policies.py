"""The managed policies of the people who operate an environment."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_iam as iam
from constructs import Construct

from stacks.common.acknowledge import acknowledge, acknowledge_wildcards
from stacks.operations.permissions import NEWER_THAN_CFN_LINT, Allowed, People
from stacks.platform import Platform

ROLES = ("reader", "operator", "approver")
_DESCRIPTIONS = {
    "reader": "Sees the runs, versions, endpoints and alarms",
    "operator": "Starts and stops runs, loads data and queries; with the reader policy",
    "approver": "Approves versions and accepts data; with the reader policy",
}


def people_policies(scope: Construct, platform: Platform) -> dict[str, iam.ManagedPolicy]:
    """Create a policy per role, which an administrator attaches to roles or groups of people."""
    people = People(platform)
    return {
        name: _policy(scope, platform.environment.name, name, getattr(people, name)())
        for name in ROLES
    }


def _policy(
    scope: Construct, environment: str, name: str, allowed: Sequence[Allowed]
) -> iam.ManagedPolicy:
    policy = iam.ManagedPolicy(
        scope,
        name.capitalize(),
        managed_policy_name=f"redline-{environment}-{name}",
        description=f"{_DESCRIPTIONS[name]} of {environment}",
        statements=[
            iam.PolicyStatement(
                actions=sorted(each.actions),
                resources=list(each.resources),
                conditions=dict(each.conditions),
            )
            for each in allowed
        ],
    )
    for each in allowed:
        acknowledge_wildcards(policy, each.resources, each.reason)
        if NEWER_THAN_CFN_LINT in each.actions:
            reason = f"The list of actions of cfn-lint does not have {NEWER_THAN_CFN_LINT}."
            acknowledge(policy, "W3037", reason)
    return policy
