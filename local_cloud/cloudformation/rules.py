"""Checks the Rules of a template, as CloudFormation does before it creates or updates a stack.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from local_cloud.errors import LocalCloudError

Values = Mapping[str, Any]


class UnsupportedRule(LocalCloudError):
    """A rule uses a function that the laptop cloud does not support."""


def failed_assertions(template: Mapping[str, Any], parameters: Values) -> Iterator[str]:
    """Yield the description of each failed assertion, with the name of its rule.

    `parameters` are the values in the request. All other parameters have their defaults.

    Raises:
        UnsupportedRule: a function is not supported.
    """
    declared = template.get("Parameters", {})
    values = {name: each.get("Default") for name, each in declared.items()} | dict(parameters)
    for name, rule in template.get("Rules", {}).items():
        if _holds(rule.get("RuleCondition", True), values):
            for assertion in rule["Assertions"]:
                if not _holds(assertion["Assert"], values):
                    yield f"{name}: {assertion.get('AssertDescription', assertion['Assert'])}"


def _holds(condition: Any, values: Values) -> bool:
    match condition:
        case bool():
            return condition
        case {"Fn::Equals": [left, right]}:
            return bool(_value(left, values) == _value(right, values))
        case {"Fn::Contains": [texts, text]}:
            return _value(text, values) in [_value(each, values) for each in texts]
        case {"Fn::Not": [inner]}:
            return not _holds(inner, values)
        case {"Fn::And": list(parts)}:
            return all(_holds(each, values) for each in parts)
        case {"Fn::Or": list(parts)}:
            return any(_holds(each, values) for each in parts)
    raise UnsupportedRule(f"The laptop cloud cannot evaluate {condition} in Rules")


def _value(given: Any, values: Values) -> Any:
    match given:
        case {"Ref": str(name)} if name in values:
            return values[name]
        case str():
            return given
    raise UnsupportedRule(f"The laptop cloud cannot evaluate {given} in Rules")
