"""Every pipeline that registers a model compares it with the approved model on the same rows."""

from __future__ import annotations

import pytest

from local_cloud.definition_rules.document import steps_of
from pipeline_code.compiler import compiled
from stacks.environments import ENVIRONMENTS

DIFFERENCE = "champion_comparison.difference"


def gates_of(body, kind):
    """Yield the conditions of each gate whose accepted branch has a step of this kind."""
    for step in steps_of(body):
        if step.type == "Condition":
            accepted = [each["Type"] for each in step.arguments["IfSteps"]]
            if kind in accepted:
                yield step.arguments["Conditions"]


def compares(conditions):
    """Return whether one of the conditions is that the difference is at least 0."""
    return any(
        condition["Type"] == "GreaterThanOrEqualTo"
        and condition["RightValue"] == 0.0
        and condition["LeftValue"].get("Std:JsonGet", {}).get("Path") == DIFFERENCE
        for condition in conditions
        if isinstance(condition.get("LeftValue"), dict)
    )


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_a_model_that_is_worse_than_the_approved_one_is_not_registered(name):
    missing = []
    for pipeline in ENVIRONMENTS[name].pipelines:
        body = compiled(pipeline.name, options=pipeline.options).body
        registering = sum(step.type == "RegisterModel" for step in steps_of(body))
        comparing = sum(map(compares, gates_of(body, "RegisterModel")))
        if comparing < registering:
            missing.append(pipeline.name)
    assert missing == [], "add `evaluation.not_worse` to the conditions of the gate (p.evaluation)"


def test_a_gate_without_the_comparison_is_found():
    ratio = {"Type": "LessThanOrEqualTo", "LeftValue": {"Get": "x"}, "RightValue": 0.9}
    difference = {
        "Type": "GreaterThanOrEqualTo",
        "LeftValue": {"Std:JsonGet": {"Path": DIFFERENCE}},
        "RightValue": 0.0,
    }
    assert compares([ratio, difference])
    assert not compares([ratio])
    assert not compares([{**difference, "RightValue": -1.0}])
