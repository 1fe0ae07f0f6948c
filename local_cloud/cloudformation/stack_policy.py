"""Evaluates stack policies, which deny changes of resources during an update. Pure functions.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/protect-stack-resources.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

MODIFY, REPLACE, DELETE = "Update:Modify", "Update:Replace", "Update:Delete"
_MEMBERS = {"Action", "Condition", "Effect", "NotAction", "NotResource", "Principal", "Resource"}
_CONDITIONS = {"StringEquals", "StringLike"}


class InvalidStackPolicy(ValueError):
    """A stack policy that CloudFormation rejects."""


def check_policy(text: str) -> None:
    """Raise `InvalidStackPolicy` for a document that is not a stack policy."""
    try:
        statements = _statements(text)
        valid = all(map(_is_valid, statements))
    except (ValueError, TypeError, KeyError, AttributeError):
        valid = False
    if not valid:
        raise InvalidStackPolicy("Error validating stack policy: Invalid stack policy")


def denial(policy: str, action: str, logical_id: str, kind: str) -> str | None:
    """Return why the policy denies the action; None if it allows the action, or is empty."""
    if not policy:
        return None
    resource = f"LogicalResourceId/{logical_id}"
    matching = [
        (number, statement["Effect"])
        for number, statement in enumerate(_statements(policy), start=1)
        if _applies(statement, action, resource, kind)
    ]
    denying = [number for number, effect in matching if effect == "Deny"]
    if denying:
        reasons = "; ".join(
            f"Statement [#{number}] does not allow [{action}] for resource [{resource}]"
            for number in denying
        )
        return f"Action denied by stack policy: {reasons};"
    return None if matching else f"Action not allowed by stack policy: [{action}] for [{resource}]"


def _statements(text: str) -> list[Mapping[str, Any]]:
    found = json.loads(text)["Statement"]
    return found if isinstance(found, list) else [found]


def _is_valid(statement: Mapping[str, Any]) -> bool:
    conditions = statement.get("Condition", {})
    return (
        set(statement) <= _MEMBERS
        and statement["Effect"] in ("Allow", "Deny")
        and statement["Principal"] in ("*", {"AWS": "*"})
        and ("Action" in statement) != ("NotAction" in statement)
        and not ("Resource" in statement and "NotResource" in statement)
        and set(conditions) <= _CONDITIONS
        and all(set(each) == {"ResourceType"} for each in conditions.values())
    )


def _applies(statement: Mapping[str, Any], action: str, resource: str, kind: str) -> bool:
    types = [each["ResourceType"] for each in statement.get("Condition", {}).values()]
    return (
        _named(statement, "Action", action)
        and _named(statement, "Resource", resource)
        and all(_matches(patterns, kind) for patterns in types)
    )


def _named(statement: Mapping[str, Any], member: str, value: str) -> bool:
    if f"Not{member}" in statement:
        return not _matches(statement[f"Not{member}"], value)
    return _matches(statement.get(member, "*"), value)


def _matches(patterns: str | list[str], value: str) -> bool:
    each = [patterns] if isinstance(patterns, str) else patterns
    return any(fnmatchcase(value, pattern) for pattern in each)
