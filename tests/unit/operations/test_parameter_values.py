"""A start with a value that a request of the execution does not allow is refused."""

from __future__ import annotations

import json

import boto3
import pytest

from operations import OperationError
from operations.executions.parameter_values import check_values
from pipeline_code.compiler import compiled
from tests.application.environments import FIXED

SAGEMAKER = boto3.client("sagemaker", region_name="us-east-1")


class Described:
    """A client that describes one pipeline."""

    meta = SAGEMAKER.meta

    def __init__(self, body):
        self.body = body

    def describe_pipeline(self, **_request):
        return {"PipelineDefinition": json.dumps(self.body)}


@pytest.fixture(scope="module")
def pipeline():
    return Described(compiled("demand", root=FIXED["root"]).body)


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        (
            "ProcessingInstanceCount",
            "0",
            "ProcessingInstanceCount is '0': allowed is a number of at",
        ),
        ("ProcessingInstanceType", "m5.large", "'m5.large': allowed is one of .*ml.m5.large"),
        ("TrainingInstanceType", "ml.m5", "TrainingInstanceType is 'ml.m5': .*step Train"),
    ],
)
def test_a_value_that_a_request_does_not_allow_is_refused(pipeline, name, value, error):
    with pytest.raises(OperationError, match=error):
        check_values(pipeline, "demand", {name: value})


def test_other_values_are_allowed(pipeline):
    check_values(pipeline, "demand", {"ProcessingInstanceType": "ml.m5.xlarge", "Unknown": "0"})


@pytest.mark.parametrize("value", ["NaN", "inf"])
def test_a_number_is_finite(value):
    body = {"Parameters": [{"Name": "MaxErrorRatio", "Type": "Float"}]}
    with pytest.raises(OperationError, match="allowed is a finite number; nothing was started"):
        check_values(Described(body), "x", {"MaxErrorRatio": value})
