"""Policies that live in one role, and go with it."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_iam as iam
from constructs import Construct, IConstruct

from stacks.common.acknowledge import acknowledge

_ONE_ROLE = (
    "It belongs to one role: nobody can attach it to another, and it goes when the role goes "
    '(IAM User Guide, "Choose between managed policies and inline policies").'
)


def inline_policy(
    scope: Construct,
    name: str,
    *,
    roles: Sequence[iam.IRole],
    statements: Sequence[iam.PolicyStatement],
) -> iam.Policy:
    """A policy in `roles` with `statements`."""
    policy = iam.Policy(scope, name, roles=list(roles), statements=list(statements))
    _accept(policy)
    return policy


def accept_default_policy(role: iam.Role) -> None:
    """The policy that grants of CDK have made in `role` is inline, too."""
    _accept(role.node.find_child("DefaultPolicy"))


def _accept(policy: IConstruct) -> None:
    acknowledge(policy, "NIST.800.53.R5-IAMNoInlinePolicy", _ONE_ROLE)
