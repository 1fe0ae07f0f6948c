"""Parameters get their values, and only values that they take."""

import pytest

from stacks.config import ConfigurationError
from stacks.pipeline.deployed_definition import check_values, deployed_body

BODY = {
    "Version": "2020-12-01",
    "Parameters": [
        {"Name": "Count", "Type": "Integer", "DefaultValue": 1},
        {"Name": "Ratio", "Type": "Float", "DefaultValue": 0.9},
        {"Name": "Fast", "Type": "Boolean", "DefaultValue": False},
        {"Name": "Mode", "Type": "String", "DefaultValue": "a", "EnumValues": ["a", "b"]},
        {"Name": "LakeBucket", "Type": "String"},
    ],
    "Steps": [],
}


def defaults(body):
    return {each["Name"]: each["DefaultValue"] for each in body["Parameters"]}


def test_values_of_the_environment_and_overrides_become_defaults():
    made = deployed_body(
        BODY,
        environment={"LakeBucket": "lake", "Unused": "x"},
        overrides={"Count": 3, "Mode": "b", "Ratio": 1, "Fast": True},
    )
    assert defaults(made) == {
        "Count": 3,
        "Ratio": 1,
        "Fast": True,
        "Mode": "b",
        "LakeBucket": "lake",
    }
    assert "DefaultValue" not in BODY["Parameters"][-1]


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("Cuont", 1, "allowed is Count, Ratio, Fast, Mode"),
        ("LakeBucket", "mine", "allowed is Count"),
        ("Count", "3", "type Integer"),
        ("Count", 1.5, "type Integer"),
        ("Count", True, "type Integer"),
        ("Ratio", "0.5", "type Float"),
        ("Fast", 1, "type Boolean"),
        ("Mode", "c", "allowed is a, b"),
    ],
)
def test_a_value_that_no_parameter_takes_is_refused(name, value, words):
    with pytest.raises(ConfigurationError, match=words):
        check_values(BODY, {name: value})


def test_a_parameter_without_any_value_is_refused():
    with pytest.raises(ConfigurationError, match="LakeBucket.*a value in its stack"):
        deployed_body(BODY, environment={}, overrides={})
