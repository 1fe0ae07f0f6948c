"""AWS' rules for Transform steps, with one error per test, and valid steps."""

from __future__ import annotations

import copy

import pytest

from local_cloud.definition_rules.rules import findings_of

STEP = {
    "Name": "Transform",
    "Type": "Transform",
    "Arguments": {
        "ModelName": "model",
        "MaxPayloadInMB": 6,
        "TransformInput": {
            "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://lake/a"}},
            "ContentType": "text/csv",
            "SplitType": "Line",
        },
        "TransformOutput": {
            "S3OutputPath": {
                "Std:Join": {
                    "On": "/",
                    "Values": ["s3://lake", {"Get": "Execution.PipelineExecutionId"}],
                }
            }
        },
        "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
        "DataProcessing": {"InputFilter": "$[1:]", "JoinSource": "Input", "OutputFilter": "$"},
    },
}


def found(*keys, value):
    """Return the findings for a step in which one argument has another value."""
    step = copy.deepcopy(STEP)
    place = step["Arguments"]
    for key in keys[:-1]:
        place = place.setdefault(key, {})
    place[keys[-1]] = value
    body = {"Version": "2020-12-01", "Parameters": [], "Steps": [step]}
    return [(finding.rule, finding.path) for finding in findings_of(body)]


@pytest.mark.parametrize(
    "path",
    ["$", "$[1:]", "$[0,5:]", "$[-1]", "$[:-1]", "$[*]", "$.features", "$.a.b[0]", "$.*"]
    + ["$['id']", "$['id','SageMakerOutput']", "$.a.['b','c']", ""]
    + [{"Get": "Execution.PipelineName"}],
)  # fmt: skip
def test_a_filter_in_the_service_s_form_is_accepted(path):
    assert found("DataProcessing", "InputFilter", value=path) == []


@pytest.mark.parametrize(
    "path", ["[1:]", "1:", "$[a]", "$..a", "$[?(@.a)]", "$[1:", "$['a'", "$.1"]
)
@pytest.mark.parametrize("name", ["InputFilter", "OutputFilter"])
def test_another_filter_is_found(name, path):
    at = f"Steps[0].Arguments.DataProcessing.{name}"
    rule = "filter that is not a JSONPath of the service"
    assert found("DataProcessing", name, value=path) == [(rule, at)]


def test_rows_of_another_format_cannot_be_filtered():
    at = "Steps[0].Arguments.TransformInput.ContentType"
    assert found("TransformInput", "ContentType", value="application/x-parquet") == [
        ("filters on an unsupported format", at)
    ]
    assert found("TransformInput", "ContentType", value="text/csv; charset=utf-8") == []


def test_rows_of_any_format_pass_whole():
    step = copy.deepcopy(STEP)
    step["Arguments"]["TransformInput"]["ContentType"] = "application/x-parquet"
    step["Arguments"]["DataProcessing"] = {"InputFilter": "$", "JoinSource": "None"}
    assert findings_of({"Version": "2020-12-01", "Parameters": [], "Steps": [step]}) == []


def test_payloads_that_are_too_large_together_are_found():
    at = ("payload that is too large", "Steps[0].Arguments.MaxPayloadInMB")
    assert found("MaxPayloadInMB", value=101) == [at]
    assert found("MaxConcurrentTransforms", value=17) == [at]
    assert found("MaxConcurrentTransforms", value=16) == []
