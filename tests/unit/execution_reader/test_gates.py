"""The conditions of a gate: values, margins, and what cannot be read."""

from __future__ import annotations

from execution_reader.gates import gates_of
from tests.unit.execution_reader.sample_execution import values

FALSE = {"Condition": {"Outcome": "False"}}


def gates(missing=lambda _: None, **metadata):
    return list(gates_of(values(**metadata), missing))


def test_the_margin_is_below_0_if_a_condition_does_not_hold():
    (gate,) = gates(Gate=FALSE)
    assert (gate.step, gate.outcome) == ("Gate", False)
    ratio, more, rows, _ = gate.comparisons
    assert (ratio.left, ratio.operator, ratio.sign, ratio.right) == (
        "metrics.ratio['value']", "LessThanOrEqualTo", "≤", "Limit"
    )  # fmt: skip
    assert (ratio.left_value, ratio.right_value, ratio.margin) == (0.75, 0.5, -0.25)
    assert more.margin == -1.0
    assert (rows.left, rows.left_value, rows.right_value, rows.margin) == (
        "Extract.rows", "12", ["0"], None
    )  # fmt: skip


def test_a_step_that_found_nothing_says_why():
    outputs = [{"Name": "rows", "Value": "0"}, {"Name": "message", "Value": "no new data"}]
    extract = {"Lambda": {"Arn": "a", "OutputParameters": outputs}}
    (gate,) = gates(Gate=FALSE, Extract=extract)
    assert [each.message for each in gate.comparisons] == ["", "", "no new data", ""]


def test_a_gate_that_was_not_reached_or_has_not_decided_is_not_shown():
    assert gates() == []
    assert gates(Gate={"Condition": {}}) == []


def test_the_caller_decides_what_is_shown_instead_of_a_value_that_cannot_be_read():
    (gate,) = gates(Gate=FALSE)
    assert (gate.comparisons[3].left_value, gate.comparisons[3].margin) == (None, None)
    (gate,) = gates(missing=str, Gate=FALSE)
    assert gate.comparisons[3].left_value == "The step Train has not succeeded."
