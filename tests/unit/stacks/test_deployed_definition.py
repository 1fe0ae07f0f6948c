"""Parameters get their values, and invalid values are rejected."""

import pytest

from pipeline_code.compiler import DefinitionError, LintError, compiled
from stacks.config import ConfigurationError
from stacks.pipeline.deployed_definition import check_parameters, check_values, deployed_body

BODY = {
    "Version": "2020-12-01",
    "Parameters": [
        {"Name": "Count", "Type": "Integer", "DefaultValue": 1},
        {"Name": "Ratio", "Type": "Float", "DefaultValue": 0.9},
        {"Name": "Fast", "Type": "Boolean", "DefaultValue": False},
        {"Name": "Mode", "Type": "String", "DefaultValue": "a", "EnumValues": ["a", "b"]},
    ],
    "Steps": [{"Name": "A", "Arguments": {"Bucket": {"Get": "Environment.LakeBucket"}}}],
}


def defaults(body):
    return {each["Name"]: each["DefaultValue"] for each in body["Parameters"]}


def test_values_of_the_environment_become_literals_and_overrides_defaults():
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
    }
    assert made["Steps"] == [{"Name": "A", "Arguments": {"Bucket": "lake"}}]
    assert defaults(BODY)["Mode"] == "a"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("Cuont", 1, "allowed is Count, Ratio, Fast, Mode"),
        ("LakeBucket", "mine", "allowed is Count"),
        ("Count", "3", "type Integer"),
        ("Count", 1.5, "type Integer"),
        ("Count", True, "type Integer"),
        ("Ratio", "0.5", "type Float"),
        ("Ratio", float("nan"), "a finite value of type Float"),
        ("Ratio", float("-inf"), "a finite value of type Float"),
        ("Fast", 1, "type Boolean"),
        ("Mode", "c", "allowed is a, b"),
    ],
)
def test_a_value_that_no_parameter_takes_is_refused(name, value, words):
    with pytest.raises(ConfigurationError, match=words):
        check_values(BODY, {name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ProcessingInstanceType", "m5.large"),
        ("ProcessingInstanceType", ""),
        ("ProcessingInstanceCount", 0),
    ],
)
def test_a_value_that_sagemaker_rejects_is_refused(name, value):
    with pytest.raises(LintError, match=rf"parameter value that the API rejects \({name}\)"):
        check_parameters(compiled("tickit"), {name: value})


def test_a_valid_value_is_accepted():
    check_parameters(compiled("tickit"), {"ProcessingInstanceType": "ml.m5.xlarge"})


def test_a_value_that_the_environment_lacks_is_refused():
    with pytest.raises(DefinitionError, match="LakeBucket.*environment_values"):
        deployed_body(BODY, environment={}, overrides={})
