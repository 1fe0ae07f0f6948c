"""The values of expressions, and the reasons why some of them are not known."""

from __future__ import annotations

import io

import pytest

from execution_reader.expressions import Unknown, look_up, tokens
from execution_reader.values import read_json
from tests.unit.execution_reader.sample_execution import ARN, MODEL, RATIO, ROWS, values

TRAINED = {"TrainingJob": {"Arn": "arn:aws:sagemaker:us-east-1:1:training-job/t"}}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        (7, 7),
        ([1, {"Get": "Parameters.Limit"}], [1, 0.5]),
        ({"Get": "Execution.PipelineExecutionId"}, "abc"),
        ({"Get": "Execution.PipelineExecutionArn"}, ARN),
        ({"Get": "Execution.PipelineName"}, "demand"),
        (ROWS, "12"),
        (RATIO, 0.75),
        ({"Std:Join": {"On": "/", "Values": ["a", ROWS]}}, "a/12"),
        ({"Get": "Steps.Check.BaselineUsedForDriftCheckConstraints"}, "s3://a"),
    ],
)
def test_the_values_that_the_execution_tells(expression, value):
    check = {"QualityCheck": {"BaselineUsedForDriftCheckConstraints": "s3://a"}}
    assert values(Evaluate={}, Check=check).of(expression) == value


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        (MODEL, "The report does not read arn:aws:sagemaker:us-east-1:1:training-job/t."),
        ({"Std:Join": {"On": "/", "Values": ["a", MODEL]}}, "training-job/t"),
        (
            {"Std:JsonGet": {"PropertyFile": {"Get": "Steps.X.PropertyFiles.Y"}, "Path": "a"}},
            "The definition has no property file Y of a step X.",
        ),
        (
            {"Std:JsonGet": {"S3Uri": "s3://a/b.json", "Path": "a"}},
            "The report does not read s3://a/b.json.",
        ),
        (
            {"Std:JsonGet": {**RATIO["Std:JsonGet"], "Path": "metrics.other"}},
            "'other' does not exist.",
        ),
        ({"Get": "Parameters.Count"}, "The execution has no parameter Count."),
        ({"Get": "Execution.StartDateTime"}, "Execution.StartDateTime cannot be read"),
        ({"Get": "Steps.Reject.Anything"}, "The step Reject has not succeeded."),
        ({"Get": "Steps.Gate.Outcome"}, "The properties of the step Gate cannot be read"),
        ({"Get": "Parameters"}, "The reference 'Parameters' is malformed."),
        (
            {"Std:JsonGet": {"PropertyFile": {"Get": "Steps.Evaluate"}, "Path": "a"}},
            "The reference 'Steps.Evaluate' is malformed.",
        ),
        ({"Std:Unknown": []}, r"\['Std:Unknown'\] cannot be read"),
    ],
)
def test_a_value_that_is_not_known_has_a_reason(expression, reason):
    known = values(Train=TRAINED, Gate={"Condition": {"Outcome": "True"}})
    with pytest.raises(Unknown, match=reason):
        known.of(expression)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("a.b", ["a", "b"]),
        ("a['b.c'][0]", ["a", "b.c", 0]),
        ("['a'].b", ["a", "b"]),
    ],
)
def test_a_path_consists_of_names_keys_and_indexes(path, found):
    assert tokens(path) == found


def test_a_malformed_path_is_rejected():
    with pytest.raises(Unknown, match=r"The path 'a\[' is malformed at '\['"):
        tokens("a[")


def test_an_entry_of_a_list_is_found_by_its_index_or_its_name():
    document = {"Outputs": [{"OutputName": "train", "S3Uri": "s3://a"}]}
    assert look_up(document, ["Outputs", 0, "S3Uri"]) == "s3://a"
    assert look_up(document, ["Outputs", "train", "S3Uri"]) == "s3://a"
    with pytest.raises(Unknown, match="1 does not exist"):
        look_up(document, ["Outputs", 1])


@pytest.mark.parametrize("content", [b"\xff{", b"{", b"[" * 100_000])
def test_an_object_that_is_not_json_is_not_known(content):
    class Bucket:
        def get_object(self, **_):
            return {"Body": io.BytesIO(content)}

    with pytest.raises(Unknown, match="s3://lake/a.json is not JSON"):
        read_json(Bucket(), "lake", "a.json")
