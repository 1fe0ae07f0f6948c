"""The definition violates no rule and has the steps of the README's diagram."""

from __future__ import annotations

import pytest

from pipeline_code.compiler import compiled
from pipeline_code.compiler.lint import lint


@pytest.fixture(scope="session")
def definition():
    return compiled("boosted").body


def test_the_linter_finds_nothing(definition):
    assert lint(definition) == []


def test_the_steps_and_the_gate(definition):
    steps = {step["Name"]: step for step in definition["Steps"]}
    assert list(steps) == ["Preprocess", "CheckData", "HasValidData"]
    assert branches(steps["HasValidData"]) == [["Train", "Evaluate", "CheckError"], ["RejectData"]]
    gate = steps["HasValidData"]["Arguments"]["IfSteps"][-1]
    assert branches(gate) == [["CreateModel", "Predict", "RegisterModel"], ["RejectModel"]]


def branches(gate):
    """Return the names of the steps of both branches of a gate."""
    arguments = gate["Arguments"]
    return [[step["Name"] for step in arguments[side]] for side in ("IfSteps", "ElseSteps")]
