"""The limits of a model's metrics: those of the gate of the pipeline that trains it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from aws_cdk import aws_cloudwatch as cloudwatch

from local_cloud.definition_rules.document import steps_of
from pipeline_code.compiler import CompiledDefinition
from stacks.config import ParameterValue

# The documents of a monitoring pipeline (pipeline_code/runtime/monitoring/report_quality.py and
# report_bias.py).
QUALITY, BIAS = "quality.json", "bias.json"
BIAS_INCREASE = "bias_increase"
# The paths of metrics in the documents that gates read.
_METRIC = re.compile(r"(?:(?:\w+_metrics\.(?P<quality>\w+))|(?P<bias>bias_increase))\.value")
_Operator = cloudwatch.ComparisonOperator
# What a gate requires -> what breaches it.
_BREACHES = {
    "LessThanOrEqualTo": _Operator.GREATER_THAN_THRESHOLD,
    "LessThan": _Operator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    "GreaterThanOrEqualTo": _Operator.LESS_THAN_THRESHOLD,
    "GreaterThan": _Operator.LESS_THAN_OR_EQUAL_TO_THRESHOLD,
}


@dataclass(frozen=True, kw_only=True)
class QualityLimit:
    """A metric of quality.json or bias.json, and which values breach the limit of the gate."""

    metric: str
    breach: cloudwatch.ComparisonOperator
    threshold: float

    @property
    def is_bias(self) -> bool:
        """Whether the metric is one of bias.json."""
        return self.metric == BIAS_INCREASE

    @property
    def is_upper(self) -> bool:
        """Whether larger values are worse."""
        return "GREATER" in self.breach.name


def documents(definition: CompiledDefinition) -> set[str]:
    """Return the property files that the steps of a definition write."""
    return {
        each["FilePath"]
        for step in steps_of(definition.body)
        for each in step.document.get("PropertyFiles", ())
    }


def limits_of(
    definition: CompiledDefinition, parameters: Mapping[str, ParameterValue]
) -> list[QualityLimit]:
    """Return the strictest limit of each metric in the gates of a definition.

    `parameters` are the defaults that an environment sets.
    """
    defaults = {
        each["Name"]: each.get("DefaultValue") for each in definition.body["Parameters"]
    } | dict(parameters)
    found: dict[tuple[str, cloudwatch.ComparisonOperator], QualityLimit] = {}
    for limit in _limits(definition.body, defaults):
        known = found.setdefault((limit.metric, limit.breach), limit)
        strictest = min if limit.is_upper else max
        found[limit.metric, limit.breach] = strictest(known, limit, key=lambda each: each.threshold)
    return list(found.values())


def _limits(body: dict[str, Any], defaults: Mapping[str, Any]) -> Iterator[QualityLimit]:
    for step in steps_of(body):
        for condition in step.arguments.get("Conditions", ()) if step.type == "Condition" else ():
            path = _path(condition.get("LeftValue"))
            metric = _METRIC.fullmatch(path) if path else None
            limit = _number(condition.get("RightValue"), defaults)
            if metric and limit is not None and condition["Type"] in _BREACHES:
                yield QualityLimit(
                    metric=metric["quality"] or metric["bias"],
                    breach=_BREACHES[condition["Type"]],
                    threshold=limit,
                )


def _path(value: Any) -> str | None:
    match value:
        case {"Std:JsonGet": {"Path": str(path)}}:
            return path
    return None


def _number(value: Any, defaults: Mapping[str, Any]) -> float | None:
    match value:
        case {"Get": str(name)} if name.startswith("Parameters."):
            value = defaults.get(name.removeprefix("Parameters."))
    return float(value) if isinstance(value, int | float) else None
