"""Finds actions that a definition needs but its roles do not have (standard library only)."""

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from local_cloud.definition_rules.findings import Finding
from tests.crosscheck.actions import Requirement, required_actions


def missing_actions(body: dict[str, Any], granted: Mapping[str, Iterable[str]]) -> list[Finding]:
    """Compare the needs of `body` with the granted actions of its roles.

    `granted` is role -> allowed actions, which may contain wildcards ("s3:Get*"). A role is
    "execution" or the name of its parameter ("TrainingRoleArn"). Returns one finding per step, role
    and missing action.
    """
    patterns = {role: {action.lower() for action in actions} for role, actions in granted.items()}
    return [
        _finding(need, action)
        for need in required_actions(body).requirements
        for action in need.actions
        if not _allows(patterns.get(need.role, set()), action)
    ]


def _allows(patterns: Iterable[str], action: str) -> bool:
    return any(fnmatchcase(action.lower(), pattern) for pattern in patterns)


def _finding(need: Requirement, action: str) -> Finding:
    return Finding(
        rule="role lacks an action that the step needs",
        step=need.step,
        path=f"role {need.role}",
        value=action,
        allowed=f"a role that grants {', '.join(need.actions)}",
        remedy=f"grant {action} to the role {need.role} in the stack",
    )
