"""A serverless warehouse on the laptop cloud is deployed, filled, and used by a pipeline."""

from __future__ import annotations

import json
import re
import time

import pytest

from tests.application.laptop import APP_OF_OTHER_CODE, ROWS, deploy, fill
from tests.integration.laptop import Laptop, started, statuses, step

STEPS = ["Extract", "Preprocess", "Train", "Evaluate", "CheckError", "RegisterModel"]
PIPELINE = "redline-serverless-demand"

pytestmark = pytest.mark.laptop


@pytest.fixture(scope="module")
def serverless(tmp_path_factory):
    """A laptop cloud with the fixed environment `serverless`."""
    folder = tmp_path_factory.mktemp("serverless")
    with started(Laptop(folder / "state")) as laptop:
        deploy(laptop, "serverless", folder / "app")
        fill(laptop, "serverless")
        yield laptop


def test_a_model_is_trained_from_what_the_workgroup_unloads(serverless):
    summary = serverless.json("start", "demand")
    assert statuses(summary, STEPS) == dict.fromkeys(STEPS, "Succeeded")
    assert summary["packages"]
    assert serverless.client("redshift").describe_clusters()["Clusters"] == []


def test_a_model_that_no_step_created_is_served(serverless):
    """The role of the endpoint can read the registered model in a pipeline without a Model step."""
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
    """Its database user has only the role of its pipeline, from the tag of its IAM role."""
    (row,) = serverless.json(
        "query", "SELECT usename FROM pg_user WHERE usename LIKE 'IAMR:%AtOnce%'"
    )
    assert row["usename"].startswith("IAMR:redline-serverless-demand-")
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


def test_an_execution_is_retried_after_a_deployment_of_other_code(serverless, tmp_path):
    """The execution keeps its definition, and reads the code archive of its deployment."""
    client = serverless.client("sagemaker")
    execution = client.start_pipeline_execution(PipelineName=PIPELINE)["PipelineExecutionArn"]
    _wait(lambda: _steps(client, execution).get("Preprocess") == "Executing")
    client.stop_pipeline_execution(PipelineExecutionArn=execution)
    _wait(lambda: _status(client, execution) == "Stopped")
    before = _code_file(client)
    deploy(serverless, "serverless", tmp_path / "app", app=APP_OF_OTHER_CODE)
    assert _code_file(client) != before
    client.retry_pipeline_execution(PipelineExecutionArn=execution)
    _wait(lambda: _status(client, execution) not in ("Executing", "Stopped"))
    assert _status(client, execution) == "Succeeded"


def _code_file(client):
    """Return the key of the archive in the deployed definition."""
    body = client.describe_pipeline(PipelineName=PIPELINE)["PipelineDefinition"]
    return re.search(r"[0-9a-f]{64}\.zip", body)[0]


def _steps(client, execution):
    listed = client.list_pipeline_execution_steps(PipelineExecutionArn=execution)
    return {each["StepName"]: each["StepStatus"] for each in listed["PipelineExecutionSteps"]}


def _status(client, execution):
    found = client.describe_pipeline_execution(PipelineExecutionArn=execution)
    return found["PipelineExecutionStatus"]


def _wait(is_done):
    deadline = time.monotonic() + 180
    while not is_done():
        assert time.monotonic() < deadline, "it has not happened"
        time.sleep(0.05)
