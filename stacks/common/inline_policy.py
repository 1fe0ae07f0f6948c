"""Policies that are part of one role and are deleted with it."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_iam as iam
from constructs import Construct, IConstruct

from stacks.common.acknowledge import acknowledge

_ONE_ROLE = (
    "It belongs to one role: it cannot be attached to another, and is deleted with the role "
    '(IAM User Guide, "Choose between managed policies and inline policies").'
)


def inline_policy(
    scope: Construct,
    name: str,
    *,
    roles: Sequence[iam.IRole],
    statements: Sequence[iam.PolicyStatement],
) -> iam.Policy:
    """Create a policy with `statements`, attached to `roles`."""
    policy = iam.Policy(scope, name, roles=list(roles), statements=list(statements))
    _accept(policy)
    return policy


def accept_default_policy(role: iam.Role) -> None:
    """Accept the policy that CDK's grants have created in `role`: it is also inline."""
    _accept(role.node.find_child("DefaultPolicy"))


def _accept(policy: IConstruct) -> None:
    acknowledge(policy, "NIST.800.53.R5-IAMNoInlinePolicy", _ONE_ROLE)
