"""The parameters of a pipeline and their values in an execution."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local_cloud.sagemaker.exceptions import ValidationFailed

_MISSING = object()


@dataclass(frozen=True)
class Parameter:
    """A declared parameter: String, Integer, Float or Boolean."""

    name: str
    type: str
    default: Any = _MISSING
    allowed: tuple[Any, ...] = ()

    @property
    def has_default(self) -> bool:
        """Whether an execution may omit the parameter."""
        return self.default is not _MISSING


def parse(declarations: Sequence[Mapping[str, Any]]) -> tuple[Parameter, ...]:
    """Return the parameters of a valid definition."""
    return tuple(
        Parameter(
            name=entry["Name"],
            type=entry["Type"],
            default=entry.get("DefaultValue", _MISSING),
            allowed=tuple(entry.get("EnumValues", ())),
        )
        for entry in declarations
    )


def resolve(
    parameters: Sequence[Parameter], overrides: Sequence[Mapping[str, str]]
) -> dict[str, Any]:
    """Return the typed values of all parameters. `overrides` has the shape of PipelineParameters.

    Raises `ValidationFailed` for an unknown name, a value of the wrong type or not in EnumValues,
    and a missing parameter without default.
    """
    declared = {parameter.name: parameter for parameter in parameters}
    given = {override["Name"]: override["Value"] for override in overrides}
    unknown = sorted(set(given) - set(declared))
    if unknown:
        raise ValidationFailed(
            f"Pipeline parameters {unknown} are not defined in the pipeline definition; "
            f"it has {sorted(declared)}."
        )
    return {name: _value(parameter, given) for name, parameter in declared.items()}


def _value(parameter: Parameter, given: Mapping[str, str]) -> Any:
    if parameter.name in given:
        value = typed(parameter, given[parameter.name])
        _check_enum(parameter, value)
        return value
    if not parameter.has_default:
        raise ValidationFailed(
            f"The pipeline parameter {parameter.name} ({parameter.type}) has no default value: "
            "set it in PipelineParameters."
        )
    return float(parameter.default) if parameter.type == "Float" else parameter.default


def typed(parameter: Parameter, text: str) -> Any:
    """Return the typed value of a text. Raises `ValidationFailed` if the type does not match."""
    try:
        return _PARSERS[parameter.type](text)
    except ValueError as error:
        raise ValidationFailed(
            f"The value {text!r} of the pipeline parameter {parameter.name} is not of type "
            f"{parameter.type}."
        ) from error


def _check_enum(parameter: Parameter, value: Any) -> None:
    if parameter.allowed and value not in parameter.allowed:
        raise ValidationFailed(
            f"The value {value!r} of the pipeline parameter {parameter.name} is not one of "
            f"{list(parameter.allowed)}."
        )


def _boolean(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError(text)
    return text.lower() == "true"


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value


_PARSERS: dict[str, Callable[[str], Any]] = {
    "String": str,
    "Integer": int,
    "Float": _float,
    "Boolean": _boolean,
}
