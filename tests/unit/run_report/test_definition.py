"""The order of the steps of a definition, and the values of its expressions."""

from __future__ import annotations

import json

import pytest

from run_report.definition import Definition
from run_report.gates import gates_of
from run_report.values import Values

RATIO = {
    "Std:JsonGet": {
        "PropertyFile": {"Get": "Steps.Evaluate.PropertyFiles.EvaluationReport"},
        "Path": "metrics.ratio['value']",
    }
}
ROWS = {"Get": "Steps.Extract.OutputParameters['rows']"}
CONDITIONS = [
    {"Type": "LessThanOrEqualTo", "LeftValue": RATIO, "RightValue": {"Get": "Parameters.Limit"}},
    {"Type": "Or", "Conditions": [{"Type": "GreaterThan", "LeftValue": 3, "RightValue": 4}]},
    {"Type": "Not", "Condition": {"Type": "In", "QueryValue": ROWS, "Values": ["0"]}},
]
BODY = {
    "Parameters": [{"Name": "Limit", "Type": "Float", "DefaultValue": 0.9}],
    "Steps": [
        {"Name": "Extract", "Type": "Lambda", "Arguments": {}},
        {"Name": "Train", "Type": "Training", "Arguments": {"a": [{"b": ROWS}]}},
        {
            "Name": "Evaluate",
            "Type": "Processing",
            "DependsOn": ["Extract"],
            "Arguments": {"model": {"Get": "Steps.Train.ModelArtifacts"}},
            "PropertyFiles": [
                {
                    "PropertyFileName": "EvaluationReport",
                    "OutputName": "evaluation",
                    "FilePath": "evaluation.json",
                }
            ],
        },
        {
            "Name": "Gate",
            "Type": "Condition",
            "Arguments": {
                "Conditions": CONDITIONS,
                "IfSteps": [{"Name": "Register", "Type": "RegisterModel", "Arguments": RATIO}],
                "ElseSteps": [{"Name": "Reject", "Type": "Fail", "Arguments": {}}],
            },
        },
    ],
}
DEFINITION = Definition.read(json.dumps(BODY))
VALUES = Values(
    DEFINITION,
    execution={"PipelineExecutionId": "abc"},
    parameters={"Limit": "0.5"},
    outputs={"Extract": {"rows": "12"}},
    documents={"Evaluate/evaluation/evaluation.json": {"metrics": {"ratio": {"value": 0.75}}}},
)


def test_a_step_is_after_the_steps_whose_results_it_needs():
    assert {name: step.after for name, step in DEFINITION.steps.items()} == {
        "Extract": (),
        "Train": ("Extract",),
        "Evaluate": ("Train",),
        "Gate": ("Evaluate",),
        "Register": ("Gate",),
        "Reject": ("Gate",),
    }


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        (7, 7),
        ({"Get": "Parameters.Limit"}, 0.5),
        ({"Get": "Execution.PipelineExecutionId"}, "abc"),
        (ROWS, "12"),
        (RATIO, 0.75),
        ({"Std:Join": {"On": "/", "Values": ["a", ROWS]}}, "a/12"),
        ({"Std:Join": {"On": "/", "Values": ["a", {"Get": "Steps.Train.ModelArtifacts"}]}}, None),
        ({"Get": "Steps.Train.ModelArtifacts"}, None),
        ({"Std:JsonGet": {"PropertyFile": {"Get": "Steps.X.PropertyFiles.Y"}, "Path": "a"}}, None),
        ({"Std:Unknown": []}, None),
    ],
)
def test_the_values_that_the_facts_tell(expression, value):
    assert VALUES.of(expression) == value


def test_the_margin_is_below_0_if_a_condition_does_not_hold():
    started = {"Gate": {"Metadata": {"Condition": {"Outcome": "False"}}}}
    (gate,) = gates_of(DEFINITION, started, VALUES)
    assert (gate.step, gate.outcome) == ("Gate", False)
    ratio, more, rows = gate.comparisons
    assert (ratio.left, ratio.operator, ratio.right) == (
        "metrics.ratio['value']", "≤", "Limit"
    )  # fmt: skip
    assert (ratio.left_value, ratio.right_value, ratio.margin) == (0.75, 0.5, -0.25)
    assert more.margin == -1.0
    assert (rows.left, rows.left_value, rows.right_value, rows.margin) == (
        "Extract.rows", "12", ["0"], None
    )  # fmt: skip


def test_a_gate_that_was_not_reached_is_not_shown():
    assert list(gates_of(DEFINITION, {}, VALUES)) == []
