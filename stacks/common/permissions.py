"""Converts the actions that a definition needs to policies on the necessary resources only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from aws_cdk import aws_iam as iam
from constructs import Construct

from stacks.common.acknowledge import acknowledge, acknowledge_wildcards
from stacks.common.inline_policy import inline_policy
from stacks.config import ConfigurationError


@dataclass(frozen=True, kw_only=True)
class Scope:
    """The resources and the conditions of allowed actions.

    A resource with a wildcard needs a `reason`, which is shown to the person who reviews the
    policies. `rules` are the rules of checkov that report the wildcard.
    """

    resources: Sequence[str]
    conditions: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    rules: Sequence[str] = ()

    def __post_init__(self) -> None:
        if not self.reason and any("*" in resource for resource in self.resources):
            raise ConfigurationError(
                f"the scope {list(self.resources)} has a wildcard: allowed are wildcards with a "
                "reason; list the resources, or state the reason for the wildcard"
            )


def derived_policy(
    scope: Construct,
    name: str,
    *,
    role: iam.IRole,
    actions: Iterable[str],
    scopes: Mapping[str, Scope],
) -> iam.Policy:
    """Create a policy that allows exactly `actions`, each in the first scope that matches.

    `scopes` maps patterns of actions ("logs:*") to the scopes that apply. An action whose scope has
    no resources is not allowed: jobs without outputs write no objects.

    Raises:
        ConfigurationError: no scope matches an action.
    """
    by_pattern: dict[str, list[str]] = {}
    for action in actions:
        by_pattern.setdefault(_pattern(action, scopes), []).append(action)
    used = {pattern: scopes[pattern] for pattern in by_pattern if scopes[pattern].resources}
    policy = inline_policy(
        scope,
        name,
        roles=[role],
        statements=[
            iam.PolicyStatement(
                actions=by_pattern[pattern],
                resources=list(where.resources),
                conditions=dict(where.conditions),
            )
            for pattern, where in used.items()
        ],
    )
    reasons = dict.fromkeys(
        (resource, where.reason) for where in used.values() for resource in where.resources
    )
    for resource, reason in reasons:
        acknowledge_wildcards(policy, [resource], reason)
    for where in used.values():
        for rule in where.rules:
            acknowledge(policy, rule, where.reason)
    return policy


def _pattern(action: str, scopes: Mapping[str, Scope]) -> str:
    for pattern in scopes:
        if fnmatchcase(action, pattern):
            return pattern
    raise ConfigurationError(
        f"the definition needs {action}: allowed are actions like {', '.join(scopes)}; add its "
        "resources in stacks/pipeline/job_scopes.py or execution_scopes.py"
    )
