"""The app's command `protection` is asked before a deployment that uses existing resources."""

from __future__ import annotations

import json

import pytest

from local_cloud.context import Cloud
from local_cloud.deployment.stack_protection import check_deployment
from local_cloud.errors import DeployFailed

COMMAND = """
import sys
assert sys.argv[1:] == ["test", "check-deploy", "--app", "ASSEMBLY"]
sys.exit("it would delete the cluster")
"""
STACK = {
    "type": "aws:cloudformation:stack",
    "environment": "aws://unknown-account/us-east-1",
    "properties": {"templateFile": "t.json"},
}


@pytest.fixture
def checked(tmp_path):
    """Return a function that checks the deployment of a template with this metadata."""
    (tmp_path / "manifest.json").write_text(json.dumps({"artifacts": {"app-data": STACK}}))
    (tmp_path / "command.py").write_text(COMMAND.replace("ASSEMBLY", str(tmp_path)))
    command = f'["python", "{tmp_path}/command.py", "{{environment}}"]'
    (tmp_path / "pyproject.toml").write_text(f"[tool.laptop]\nprotection = {command}\n")

    def check(**metadata):
        (tmp_path / "t.json").write_text(json.dumps({"Metadata": metadata, "Resources": {}}))
        cloud = Cloud(endpoint="http://localhost:1", state=tmp_path)
        check_deployment(cloud, "test", tmp_path, folder=tmp_path)

    return check


def test_a_deployment_that_the_command_refuses_fails(checked):
    with pytest.raises(DeployFailed, match="it would delete the cluster"):
        checked(ExistingResources=[{"Type": "AWS::S3::Bucket", "Id": "b", "Properties": {}}])


def test_without_existing_resources_the_command_is_not_run(checked):
    checked()
