"""The limits of alarms on quality are those of the gates of the pipeline that trains."""

from __future__ import annotations

import pytest

from pipeline_code.compiler import CompiledDefinition, Manifest
from stacks.pipeline.quality_limits import documents, limits_of


def condition(path, kind, limit):
    read = {"PropertyFile": {"Get": "Steps.Evaluate.PropertyFiles.R"}, "Path": path}
    return {"Type": kind, "LeftValue": {"Std:JsonGet": read}, "RightValue": limit}


def definition(*conditions, files=(), **defaults):
    inner = {
        "Name": "Inner",
        "Type": "Condition",
        "Arguments": {"Conditions": list(conditions), "IfSteps": [], "ElseSteps": []},
    }
    outer = {
        "Name": "Outer",
        "Type": "Condition",
        "Arguments": {"Conditions": [], "IfSteps": [inner], "ElseSteps": []},
    }
    job = {
        "Name": "Report",
        "Type": "Processing",
        "Arguments": {},
        "PropertyFiles": [
            {"PropertyFileName": "R", "OutputName": "r", "FilePath": f} for f in files
        ],
    }
    parameters = [{"Name": name, "DefaultValue": value} for name, value in defaults.items()]
    body = {"Parameters": parameters, "Steps": [job, outer]}
    return CompiledDefinition(
        "served", body, Manifest(steps=(), environment=(), image_uris={}, tags={})
    )


RATIO = "regression_metrics.rmse_ratio.value"


@pytest.mark.parametrize(
    ("kind", "breach"),
    [
        ("LessThanOrEqualTo", "GREATER_THAN_THRESHOLD"),
        ("LessThan", "GREATER_THAN_OR_EQUAL_TO_THRESHOLD"),
        ("GreaterThanOrEqualTo", "LESS_THAN_THRESHOLD"),
        ("GreaterThan", "LESS_THAN_OR_EQUAL_TO_THRESHOLD"),
    ],
)
def test_what_the_gate_rejects_breaches_the_alarm(kind, breach):
    (limit,) = limits_of(definition(condition(RATIO, kind, 0.9)), {})
    assert (limit.metric, limit.breach.name, limit.threshold) == ("rmse_ratio", breach, 0.9)


def test_a_parameter_has_its_default_or_the_value_of_the_environment():
    parameter = {"Get": "Parameters.MinAuc"}
    path = "binary_classification_metrics.auc.value"
    served = definition(condition(path, "GreaterThanOrEqualTo", parameter), MinAuc=0.75)
    assert [each.threshold for each in limits_of(served, {})] == [0.75]
    assert [each.threshold for each in limits_of(served, {"MinAuc": 0.8})] == [0.8]


def test_of_several_limits_the_strictest_counts():
    path = "bias_increase.value"
    served = definition(*(condition(path, "LessThanOrEqualTo", each) for each in (0.5, 0.01)))
    (limit,) = limits_of(served, {})
    assert (limit.metric, limit.threshold, limit.is_bias) == ("bias_increase", 0.01, True)


def test_other_conditions_are_no_limits():
    served = definition(
        condition("champion_comparison.difference", "GreaterThanOrEqualTo", 0.0),
        condition("regression_metrics.rmse.value", "LessThan", {"Get": "Steps.A.B"}),
        condition(RATIO, "Equals", 1),
        {"Type": "Equals", "LeftValue": {"Get": "Parameters.A"}, "RightValue": 1},
    )
    assert limits_of(served, {}) == []


def test_the_documents_are_those_of_all_steps():
    assert documents(definition(files=["drift.json", "quality.json"])) == {
        "drift.json",
        "quality.json",
    }
