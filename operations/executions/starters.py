"""Who started an execution, with the names of the rules of the environment."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from execution_reader.starter import starter
from operations.environment_clients import EnvironmentClients
from operations.schedules import StartRule, expression_text, start_rules


def started_by(aws: EnvironmentClients, described: Mapping[str, Any]) -> str | None:
    """Return who started an execution: a rule with its schedule, drift, a person or a program."""
    found = starter(described)
    if found is None:
        return None
    if found.role and found.role.startswith(aws.prefix):
        return _rules_by_role(aws).get(found.role, found.text)
    return found.text


@cache
def _rules_by_role(aws: EnvironmentClients) -> dict[str, str]:
    return {each.role: f"the rule {each.rule}, {_reason(each)}" for each in start_rules(aws)}


def _reason(rule: StartRule) -> str:
    return expression_text(rule) if rule.schedule else "because of drift"
