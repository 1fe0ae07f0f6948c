"""Iterating over a definition: steps, expressions and the targets of references."""

from __future__ import annotations

import pytest

from local_cloud.definition_rules.document import expressions_of, references_of, steps_of
from local_cloud.definition_rules.targets import Target, parse_target


def test_steps_come_with_their_place_and_their_parent(body):
    places = {step.name: (step.path, step.parent and step.parent.name) for step in steps_of(body)}
    assert places["Train"] == ("Steps[1]", None)
    assert places["RejectModel"] == ("Steps[4].Arguments.ElseSteps[0]", "CheckError")
    assert len(places) == 8


def test_steps_of_a_loop_are_found():
    inner = {"Name": "Each", "Type": "Lambda"}
    loop = {"Name": "Loop", "Type": "ForEach", "Arguments": {"ForEachBody": [inner]}}
    assert [step.name for step in steps_of({"Steps": [loop]})] == ["Loop", "Each"]


def test_expressions_are_found_inside_expressions():
    inner = {"Get": "Parameters.A"}
    value = {"x": [{"Std:Join": {"On": "", "Values": ["a", inner]}}], "y": 1}
    assert [path for path, _ in expressions_of(value, "S")] == [
        "S.x[0]",
        "S.x[0].Std:Join.Values[1]",
    ]
    assert list(references_of(value)) == [("x[0].Std:Join.Values[1]", "Parameters.A")]


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("Parameters.A-b_1", Target("Parameters", "A-b_1", ())),
        ("Execution.PipelineName", Target("Execution", "PipelineName", ())),
        ("Steps.T.ModelArtifacts.S3", Target("Steps", "T", ("ModelArtifacts", "S3"))),
        ("Steps.P.Outputs['a.b'].S3", Target("Steps", "P", ("Outputs", "a.b", "S3"))),
        ("Steps.P.Outputs[12]", Target("Steps", "P", ("Outputs", 12))),
        ("ForEach.CurrentItem['x']", Target("ForEach", "CurrentItem", ("x",))),
    ],
)
def test_targets_are_taken_apart(text, target):
    assert parse_target(text) == target


@pytest.mark.parametrize(
    "text",
    ["", "A", "Parameters", "Parameters.", "Parameters.A.b", "Steps.T.", "Steps.T.a[", "Step.T.a"],
)
def test_malformed_targets_are_recognised(text):
    assert parse_target(text) is None
