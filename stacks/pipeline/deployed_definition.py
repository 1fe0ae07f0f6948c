"""Gives the parameters of a compiled definition the values of one environment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stacks.config import ParameterValue, refuse

# Type of a parameter -> the Python types of its values. bool is an int, and checked first.
_TYPES: dict[str, tuple[type, ...]] = {
    "String": (str,),
    "Integer": (int,),
    "Float": (int, float),
    "Boolean": (bool,),
}


def deployed_body(
    body: dict[str, Any],
    *,
    environment: Mapping[str, str],
    overrides: Mapping[str, ParameterValue],
) -> dict[str, Any]:
    """A copy of `body` in which every parameter has its default in this environment.

    `environment` holds a value for whatever a definition may ask of an environment; `overrides`
    replace defaults that the definition gives itself.

    Raises:
        ConfigurationError: an override names no parameter or is of the wrong type, or a parameter
            has no value at all.
    """
    check_values(body, overrides)
    values = {**environment, **overrides}
    return {
        **body,
        "Parameters": [_with_default(parameter, values) for parameter in body["Parameters"]],
    }


def check_values(body: dict[str, Any], values: Mapping[str, ParameterValue]) -> None:
    """Refuse values that no parameter of `body` takes."""
    parameters = {
        parameter["Name"]: parameter
        for parameter in body["Parameters"]
        if "DefaultValue" in parameter
    }
    for name, value in values.items():
        if name not in parameters:
            raise refuse(
                "parameters", name, allowed=", ".join(parameters), remedy="correct the name"
            )
        _check_value(parameters[name], value)


def _check_value(parameter: dict[str, Any], value: ParameterValue) -> None:
    kind, choices = parameter["Type"], parameter.get("EnumValues")
    fits = isinstance(value, _TYPES[kind]) and isinstance(value, bool) == (kind == "Boolean")
    if not fits or (choices and value not in choices):
        raise refuse(
            f"parameters[{parameter['Name']!r}]",
            value,
            allowed=", ".join(choices) if choices else f"a value of type {kind}",
            remedy="correct the value",
        )


def _with_default(
    parameter: dict[str, Any], values: Mapping[str, ParameterValue]
) -> dict[str, Any]:
    if parameter["Name"] in values:
        return {**parameter, "DefaultValue": values[parameter["Name"]]}
    if "DefaultValue" not in parameter:
        raise refuse(
            "parameters",
            parameter["Name"],
            allowed="a parameter with a default, or one of the environment's",
            remedy="give it a default in the pipeline, or a value in its stack",
        )
    return parameter
