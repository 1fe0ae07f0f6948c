"""Why an execution is as it is: who started it, and parameters that differ from the defaults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from operations.environment_clients import EnvironmentClients
from operations.executions.definition import Definition
from operations.schedules import start_rules


@dataclass(frozen=True)
class ChangedParameter:
    """A parameter whose value in an execution is not the default of the definition."""

    name: str
    value: str
    default: Any


def started_by(aws: EnvironmentClients, described: Mapping[str, Any]) -> str | None:
    """Return who started an execution: a rule, a user profile, a user, or the session of a role.

    The session of a person's role is the name of the person; that of a rule's role says nothing.
    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UserContext.html
    """
    user = described.get("CreatedBy") or {}
    if name := user.get("UserProfileName"):
        return str(name)
    arn = str((user.get("IamIdentity") or {}).get("Arn", ""))
    kind, _, identity = arn.rpartition(":")[2].partition("/")
    role = identity.partition("/")[0]
    if kind == "assumed-role" and role.startswith(aws.prefix):
        return _rules_by_role(aws).get(role, identity)
    return identity or None


@cache
def _rules_by_role(aws: EnvironmentClients) -> dict[str, str]:
    return {
        each.role: f"the rule {each.rule}" + (f", {each.schedule}" if each.schedule else "")
        for each in start_rules(aws)
    }


def changed_parameters(
    definition: Definition, values: Mapping[str, str]
) -> Iterator[ChangedParameter]:
    """Yield the parameters that differ from their defaults."""
    defaults = definition.defaults()
    for name, value in values.items():
        default = defaults.get(name)
        if name in definition.parameters and definition.typed(name, value) != default:
            yield ChangedParameter(name, value, default)
