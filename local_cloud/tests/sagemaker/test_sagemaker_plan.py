"""Parsing of definitions into plans, and unsupported definitions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from local_cloud.sagemaker import check_definition
from local_cloud.sagemaker.exceptions import UnsupportedDefinition
from local_cloud.sagemaker.pipelines.definition_model import Step
from local_cloud.sagemaker.pipelines.plan import check_with_parameters, make_plan
from local_cloud.sagemaker.pipelines.selective_execution import source_dependencies

DEFINITIONS = Path(__file__).parent / "definitions"


def gate():
    return json.loads((DEFINITIONS / "gate.json").read_text())


def shown(step: Step) -> str:
    parts = [f"{step.name} {step.type}"]
    if step.dependencies:
        parts[0] += f" after {', '.join(sorted(step.dependencies))}"
    if step.branch:
        parts.append(f"if {step.branch.condition} is {step.branch.outcome}")
    if step.cache_for:
        parts.append(f"cached for {step.cache_for}")
    parts += [f"tries again {policy.max_attempts} times" for policy in step.retry_policies]
    return ", ".join(parts)


def findings(document) -> str:
    with pytest.raises(UnsupportedDefinition) as caught:
        check_definition(json.dumps(document))
    return str(caught.value)


def test_the_golden_definition_gives_the_golden_plan():
    plan = make_plan((DEFINITIONS / "gate.json").read_text())
    lines = [shown(step) for step in plan.steps.values()]
    assert "\n".join(lines) + "\n" == (DEFINITIONS / "gate.plan").read_text()


def test_a_plan_has_display_names_and_property_files():
    plan = make_plan((DEFINITIONS / "gate.json").read_text())
    assert plan.steps["Train"].display_name == "Fit"
    assert plan.steps["Prepare"].property_files["Report"].file_path == "report.json"


def edited(*path, value):
    """Return the golden definition with one change."""
    document = gate()
    place = document["Steps"]
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = value
    return document


PREPARE, TRAIN, CHECK = (0, "Arguments"), (1, "Arguments"), (2, "Arguments")


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (
            edited(*TRAIN, "RoleArn", value={"Get": "Execution.TrainingJobName"}),
            "Execution.TrainingJobName is not supported here",
        ),
        (edited(*TRAIN, "RoleArn", value={"Get": "ForEach.A"}), "'ForEach.A' is not one of"),
        (edited(2, "CacheConfig", value={"Enabled": True}), "caching of steps of type Condition"),
        (
            edited(2, "DependsOn", value=[{"Step": "Train", "Trigger": "Failed"}]),
            "Step Check: DependsOn {'Step': 'Train', 'Trigger': 'Failed'} is not supported here",
        ),
        (
            edited(*PREPARE, "ProcessingJobName", value="m" * 39),
            "is the prefix of the name, which has at most 38 characters",
        ),
    ],
)
def test_what_only_aws_runs_is_refused_by_name(document, expected):
    assert expected in findings(document)


def test_all_findings_are_listed():
    document = edited(1, "DependsOn", value=["Nowhere"])
    document["Steps"][0]["Arguments"]["RoleArn"] = {"Get": "Parameters.Undeclared"}
    text = findings(document)
    assert "Nowhere" in text and "Undeclared" in text


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("{", "is not JSON"),
        ("[]", "is not a JSON object"),
    ],
)
def test_an_invalid_definition_is_refused(body, expected):
    with pytest.raises(UnsupportedDefinition, match=expected):
        check_definition(body)


def test_parameter_values_are_checked_in_the_steps_that_use_them():
    plan = make_plan((DEFINITIONS / "gate.json").read_text())
    values = {"InstanceType": "ml.m5.large", "InstanceCount": 1, "Role": "r"}
    check_with_parameters(plan, values | {"Bucket": "b", "MaxError": 0.9, "Approval": "Approved"})
    with pytest.raises(UnsupportedDefinition, match=r"Prepare: .*'ml.huge' is not supported here"):
        check_with_parameters(
            plan,
            values | {"InstanceType": "ml.huge", "Bucket": "b", "MaxError": 0.9, "Approval": "x"},
        )


def test_a_selection_depends_on_steps_that_are_not_selected():
    plan = make_plan((DEFINITIONS / "gate.json").read_text())
    selected = {"Train", "Check", "Register", "Reject"}
    assert source_dependencies(plan, selected) == {"Prepare"}
    assert source_dependencies(plan, {"Register"}) == {"Train", "Check"}
