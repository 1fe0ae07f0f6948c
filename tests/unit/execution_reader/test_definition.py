"""The steps of a definition with their order, and its parameters."""

from __future__ import annotations

import pytest

from execution_reader.execution import ChangedParameter
from tests.unit.execution_reader.sample_execution import DEFINITION, execution


def test_a_step_is_after_the_steps_whose_results_it_needs():
    assert {name: DEFINITION.directly_before(name) for name in DEFINITION.steps} == {
        "Extract": (),
        "Train": ("Extract",),
        "Evaluate": ("Train",),
        "Gate": ("Evaluate",),
        "Register": ("Gate",),
        "Reject": ("Gate",),
    }


def test_a_selection_contains_all_dependents_and_needs_the_results_of_others():
    assert DEFINITION.from_step("Evaluate") == ["Evaluate", "Gate", "Register", "Reject"]
    assert DEFINITION.needed_by({"Evaluate", "Gate", "Register", "Reject"}) == {"Extract", "Train"}


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("Limit", "0.50", 0.5),
        ("Count", "3", 3),
        ("Count", "3.5", "3.5"),
        ("Fast", "true", True),
        ("Fast", "false", False),
        ("Bucket", "7", "7"),
    ],
)
def test_a_parameter_has_the_type_of_its_definition(name, text, value):
    assert DEFINITION.typed(name, text) == value


def test_parameters_that_differ_from_their_defaults_have_changed():
    given = {"Limit": "0.90", "Count": "3", "Fast": "true", "Bucket": "mine", "Unknown": "1"}
    assert list(execution(given).changed_parameters()) == [
        ChangedParameter("Count", "3", 2),
        ChangedParameter("Bucket", "mine", None),
    ]
