"""The resources in the variables of jobs are found, so that roles get the permissions."""

from __future__ import annotations

import pytest

from local_cloud.definition_rules.document import Step
from tests.crosscheck.actions import required_actions
from tests.crosscheck.job_variables import lake_prefixes, metric_namespaces

LAKE = {"Get": "Environment.LakeBucket"}
EXECUTION = {"Get": "Execution.PipelineExecutionId"}


def step(**environment):
    return Step("Steps[0]", {"Name": "A", "Arguments": {"Environment": environment}})


def join(*values, on="/"):
    return {"Std:Join": {"On": on, "Values": list(values)}}


@pytest.mark.parametrize(
    ("value", "prefixes"),
    [
        (join("s3:/", LAKE, "captured", "demand"), ["captured/demand/"]),
        (join("s3:/", LAKE, "runs", "a", EXECUTION, "b"), ["runs/a/"]),
        (join("s3:/", LAKE), []),
        (join("s3:/", LAKE, EXECUTION, "a"), []),
        (join("s3:/", {"Get": "Environment.CodeBucket"}, "a"), []),
        (join("s3:/", LAKE, "a", on=""), []),
        ("s3://another/a", []),
    ],
)
def test_a_variable_names_a_place_of_the_lake(value, prefixes):
    assert list(lake_prefixes(step(PLACE=value))) == prefixes


def test_a_variable_names_a_namespace_of_metrics():
    assert list(metric_namespaces(step(METRIC_NAMESPACE="Redline"))) == ["Redline"]
    assert list(metric_namespaces(step(METRIC_NAMESPACE={"Get": "Parameters.A"}))) == []
    assert list(metric_namespaces(step(OTHER="Redline"))) == []
    assert list(metric_namespaces(Step("Steps[0]", {"Name": "A"}))) == []


def test_variables_are_returned_by_role(body):
    needed = required_actions(body)
    assert (needed.lake_prefixes, needed.metric_namespaces) == ((), ())
    environment = {"PLACE": join("s3:/", LAKE, "captured", "x"), "METRIC_NAMESPACE": "Ours"}
    body["Steps"][0]["Arguments"]["Environment"] = environment
    needed = required_actions(body)
    assert needed.lake_prefixes == (("ProcessingRoleArn", "captured/x/"),)
    assert needed.metric_namespaces == (("ProcessingRoleArn", "Ours"),)
