"""A serverless warehouse on the laptop cloud: deployed, filled, and used by a pipeline."""

from __future__ import annotations

import json

import pytest

from tests.application.laptop import ROWS, deploy, fill
from tests.integration.laptop import Laptop, statuses, step

STEPS = ["Extract", "Preprocess", "Train", "Evaluate", "CheckError", "RegisterModel"]
PIPELINE = "redline-serverless-demand"

pytestmark = pytest.mark.laptop


@pytest.fixture(scope="module")
def serverless(tmp_path_factory):
    """A laptop cloud of its own with the fixed environment `serverless`."""
    folder = tmp_path_factory.mktemp("serverless")
    laptop = Laptop(folder / "state")
    laptop.run("up")
    try:
        deploy(laptop, "serverless", folder / "app")
        fill(laptop, "serverless")
        yield laptop
    finally:
        laptop.run("down")


def test_a_model_is_trained_from_what_the_workgroup_unloads(serverless):
    summary = serverless.json("start", "demand")
    assert statuses(summary, STEPS) == dict.fromkeys(STEPS, "Succeeded")
    assert summary["packages"]
    assert serverless.client("redshift").describe_clusters()["Clusters"] == []


def test_a_model_that_no_step_created_is_served(serverless):
    """The role of the endpoint reads the registered model, whichever steps the pipeline has."""
    assert "CreateModel" not in STEPS
    package = serverless.packages(PIPELINE)[-1]
    assert serverless.json("approve", package)["done"] is True
    answer = serverless.client("sagemaker-runtime").invoke_endpoint(
        EndpointName=PIPELINE, ContentType="text/csv", Body=b"1\n2\n"
    )
    assert len(answer["Body"].read().splitlines()) == 2


def test_the_administrator_asks_by_the_secret_of_the_namespace(serverless):
    (row,) = serverless.json("query", "SELECT COUNT(*) AS n FROM demand")
    assert row["n"] == len(ROWS.splitlines())
    refused = serverless.run("query", "SELECT 1", "--user", "pipeline_reader", code=2)
    assert "redline-serverless is serverless" in refused.stderr


def test_the_function_may_not_do_more_than_read(serverless):
    """Its user holds the readers' role by the tag of its IAM role, and no other."""
    (row,) = serverless.json(
        "query", "SELECT usename FROM pg_user WHERE usename LIKE 'IAMR:%AtOnce%'"
    )
    assert row["usename"].startswith("IAMR:redline-serverless-warehouse-")
    body = serverless.client("sagemaker").describe_pipeline(PipelineName=PIPELINE)
    definition = json.loads(body["PipelineDefinition"])
    definition["Steps"][0]["Arguments"]["query"] = "SELECT version FROM applied_migrations"
    client = serverless.client("sagemaker")
    client.create_pipeline(
        PipelineName=f"{PIPELINE}-curious",
        PipelineDefinition=json.dumps(definition),
        RoleArn=body["RoleArn"],
    )
    try:
        summary = serverless.json("start", f"{PIPELINE}-curious", code=1)
    finally:
        client.delete_pipeline(PipelineName=f"{PIPELINE}-curious")
    reason = step(summary, "Extract")["reason"]
    assert "permission denied for relation applied_migrations" in reason
