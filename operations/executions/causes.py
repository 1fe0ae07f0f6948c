"""Why an execution is as it is: who started it, and parameters that differ from the defaults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from operations.executions.definition import Definition


@dataclass(frozen=True)
class ChangedParameter:
    """A parameter whose value in an execution is not the default of the definition."""

    name: str
    value: str
    default: Any


def started_by(described: Mapping[str, Any]) -> str | None:
    """Return who started an execution: the name of a user profile, or of a user or a role.

    The session of a role is shown too: of a person it is the name of the person.
    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UserContext.html
    """
    user = described.get("CreatedBy") or {}
    if name := user.get("UserProfileName"):
        return str(name)
    arn = str((user.get("IamIdentity") or {}).get("Arn", ""))
    return arn.partition("/")[2] or None


def changed_parameters(
    definition: Definition, values: Mapping[str, str]
) -> Iterator[ChangedParameter]:
    """Yield the parameters that differ from their defaults."""
    defaults = definition.defaults()
    for name, value in values.items():
        default = defaults.get(name)
        if name in definition.parameters and definition.typed(name, value) != default:
            yield ChangedParameter(name, value, default)
