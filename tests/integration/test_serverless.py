"""The local environment with a serverless warehouse: deployed, loaded, and trained from."""

from __future__ import annotations

import json
import os
import subprocess

import pytest

from tests.integration.laptop import REPOSITORY, Laptop, statuses, step

APP = """\
from serverless import SERVERLESS
from stacks.application import build_app, new_app

build_app(SERVERLESS, new_app()).synth()
"""
STEPS = ["Extract", "Preprocess", "Train", "Evaluate", "CheckError", "CreateModel", "RegisterModel"]

pytestmark = pytest.mark.laptop


@pytest.fixture(scope="module")
def serverless(tmp_path_factory):
    """A laptop cloud of its own with the app of another folder, loaded with generated data."""
    folder = tmp_path_factory.mktemp("serverless")
    laptop = Laptop(folder / "state")
    laptop.run("up")
    try:
        deploy(laptop, app_folder(folder / "app"))
        laptop.run("load")
        yield laptop
    finally:
        laptop.run("down")


def app_folder(folder):
    """A CDK app of the repository's own stacks and of `tests/serverless.py`."""
    folder.mkdir()
    (folder / "app.py").write_text(APP)
    (folder / "cdk.json").write_text(json.dumps({"app": "python app.py"}))
    (folder / "node_modules").symlink_to(REPOSITORY / "node_modules")
    return folder


def deploy(laptop, folder):
    """The command `deploy` in the app's folder."""
    path = os.pathsep.join(map(str, (REPOSITORY, REPOSITORY / "tests")))
    ended = subprocess.run(
        laptop.command("deploy", "local"),
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert ended.returncode == 0, f"{ended.stdout}\n{ended.stderr}"


def test_a_model_is_trained_from_what_the_workgroup_unloads(serverless):
    summary = serverless.json("start", "tickit")
    assert statuses(summary, STEPS) == dict.fromkeys(STEPS, "Succeeded")
    assert summary["packages"]
    assert serverless.client("redshift").describe_clusters()["Clusters"] == []


def test_the_administrator_asks_by_the_secret_of_the_namespace(serverless):
    (row,) = serverless.json("query", "SELECT COUNT(*) AS n FROM sales")
    assert row["n"] > 100_000
    refused = serverless.run("query", "SELECT 1", "--user", "pipeline_reader", code=2)
    assert "redline-local is serverless" in refused.stderr


def test_the_function_may_not_do_more_than_read(serverless):
    """Its user holds the readers' role by the tag of its IAM role, and no other."""
    (row,) = serverless.json(
        "query", "SELECT usename FROM pg_user WHERE usename LIKE 'IAMR:%AtOnce%'"
    )
    assert row["usename"].startswith("IAMR:redline-local-warehouse-")
    body = serverless.client("sagemaker").describe_pipeline(PipelineName="redline-local-tickit")
    definition = json.loads(body["PipelineDefinition"])
    definition["Steps"][0]["Arguments"]["query"] = (
        "SELECT version FROM applied_migrations WHERE :first_day < :last_day"
    )
    client = serverless.client("sagemaker")
    client.create_pipeline(
        PipelineName="redline-local-tickit-curious",
        PipelineDefinition=json.dumps(definition),
        RoleArn=body["RoleArn"],
    )
    try:
        summary = serverless.json("start", "redline-local-tickit-curious", code=1)
    finally:
        client.delete_pipeline(PipelineName="redline-local-tickit-curious")
    reason = step(summary, "Extract")["reason"]
    assert "permission denied for relation applied_migrations" in reason
