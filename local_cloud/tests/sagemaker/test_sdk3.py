"""A pipeline of the SageMaker SDK 3 runs unmodified, from a folder outside the project."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from local_cloud.context import ADMINISTRATOR

USER = Path(__file__).parent / "sdk3_user"
NO_TELEMETRY = """\
SchemaVersion: "1.0"
SageMaker:
  PythonSDK:
    Modules:
      TelemetryOptOut: true
"""


@pytest.fixture(scope="module")
def result(cloud, role, tmp_path_factory):
    """Run the user's script; return what it printed."""
    folder = tmp_path_factory.mktemp("user") / "project"
    shutil.copytree(USER, folder)
    (folder / "config.yaml").write_text(NO_TELEMETRY)
    cloud.client("s3").create_bucket(Bucket="of-the-user")
    environment = {
        **ADMINISTRATOR,
        "AWS_ENDPOINT_URL": cloud.endpoint,
        "AWS_DEFAULT_REGION": cloud.region,
        "AWS_EC2_METADATA_DISABLED": "true",
        "HOME": str(folder),
        "PATH": os.environ["PATH"],
        "SAGEMAKER_USER_CONFIG_OVERRIDE": str(folder / "config.yaml"),
    }
    child = subprocess.run(
        [sys.executable, "pipeline.py", role, "of-the-user"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert child.returncode == 0, child.stdout + child.stderr
    (line,) = (line for line in child.stdout.splitlines() if line.startswith("RESULT "))
    return json.loads(line.removeprefix("RESULT "))


def test_every_step_succeeds(result):
    assert result["status"] == "Succeeded"
    expected = ("Prepare", "Train", "Evaluate", "Check")
    assert result["steps"] == dict.fromkeys(expected, "Succeeded")
