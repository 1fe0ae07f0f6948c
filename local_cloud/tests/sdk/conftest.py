"""Fixtures for pipelines of the SageMaker SDK: a server, and a user's project."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from local_cloud.tests.sagemaker.conftest import cloud, role

__all__ = ["cloud", "role"]

NO_TELEMETRY = """\
SchemaVersion: "1.0"
SageMaker:
  PythonSDK:
    Modules:
      TelemetryOptOut: true
"""


@pytest.fixture(scope="module")
def run_project(cloud, role, tmp_path_factory):
    """A function that runs pipeline.py of a user's project and returns its output."""

    def run(project, python):
        folder = tmp_path_factory.mktemp("user") / "project"
        shutil.copytree(Path(__file__).parent / project, folder)
        (folder / "config.yaml").write_text(NO_TELEMETRY)
        cloud.client("s3").create_bucket(Bucket="of-the-user")
        environment = {
            **cloud.environment(),
            "HOME": str(folder),
            "PATH": os.environ["PATH"],
            "SAGEMAKER_USER_CONFIG_OVERRIDE": str(folder / "config.yaml"),
        }
        child = subprocess.run(
            [python, "pipeline.py", role, "of-the-user"],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
        )
        assert child.returncode == 0, child.stdout + child.stderr
        (line,) = (line for line in child.stdout.splitlines() if line.startswith("RESULT "))
        return json.loads(line.removeprefix("RESULT "))

    return run


def notes_in_logs(cloud):
    """Return what the logs of jobs say about differences from AWS."""
    logs = cloud.client("logs")
    return [
        event["message"]
        for group in logs.describe_log_groups(logGroupNamePrefix="/aws/sagemaker/")["logGroups"]
        for page in logs.get_paginator("filter_log_events").paginate(
            logGroupName=group["logGroupName"]
        )
        for event in page["events"]
        if event["message"].startswith("laptop cloud: ")
    ]
