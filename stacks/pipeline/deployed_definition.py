"""Puts the values of one environment into a compiled definition."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pipeline_code.compiler import CompiledDefinition, check_definition, deployed
from stacks.config import ParameterValue, refuse

# Type of a parameter -> the Python types of its values. bool is a subclass of int, so it is checked
# first.
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
    """`body` as an environment runs it: with its values, and with `overrides` as defaults.

    Raises:
        ConfigurationError: an override names an unknown parameter or has the wrong type.
        DefinitionError: `environment` lacks a value that the definition needs.
    """
    check_values(body, overrides)
    return _with_defaults(deployed(body, environment), overrides)


def check_parameters(definition: CompiledDefinition, values: Mapping[str, ParameterValue]) -> None:
    """Check the values as defaults, also against the rules of the requests that contain them.

    Raises:
        ConfigurationError: a value names an unknown parameter or has the wrong type.
        LintError: SageMaker rejects a request with a value, such as an unknown instance type.
    """
    check_values(definition.body, values)
    check_definition(replace(definition, body=_with_defaults(definition.body, values)))


def _with_defaults(body: dict[str, Any], values: Mapping[str, ParameterValue]) -> dict[str, Any]:
    parameters = [
        {**each, "DefaultValue": values.get(each["Name"], each["DefaultValue"])}
        for each in body["Parameters"]
    ]
    return {**body, "Parameters": parameters}


def check_values(body: dict[str, Any], values: Mapping[str, ParameterValue]) -> None:
    """Raise ConfigurationError for values that no parameter of `body` accepts."""
    parameters = {parameter["Name"]: parameter for parameter in body["Parameters"]}
    for name, value in values.items():
        if name not in parameters:
            raise refuse(
                "parameters", name, allowed=", ".join(parameters), remedy="correct the name"
            )
        _check_value(parameters[name], value)


def _check_value(parameter: dict[str, Any], value: ParameterValue) -> None:
    kind, choices = parameter["Type"], parameter.get("EnumValues")
    fits = (
        isinstance(value, _TYPES[kind])
        and isinstance(value, bool) == (kind == "Boolean")
        # JSON has no NaN and no infinity.
        and (not isinstance(value, float) or math.isfinite(value))
    )
    finite = "finite " if kind == "Float" else ""
    if not fits or (choices and value not in choices):
        raise refuse(
            f"parameters[{parameter['Name']!r}]",
            value,
            allowed=", ".join(choices) if choices else f"a {finite}value of type {kind}",
            remedy="correct the value",
        )
