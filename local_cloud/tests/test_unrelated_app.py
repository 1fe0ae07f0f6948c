"""The CDK app of another project is deployed with the CDK CLI, runs, and is destroyed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from local_cloud.client import connect

APP = Path(__file__).with_name("unrelated_app")
STACK = "counting-test"


class Laptop:
    """Runs commands in the folder of the app."""

    def __init__(self, folder, repository):
        self.folder = folder
        # `local_cloud` is not installed. It is the only module of this project in PYTHONPATH.
        modules = folder / "modules"
        modules.mkdir()
        (modules / "local_cloud").symlink_to(repository / "local_cloud")
        self._variables = {**os.environ, "PYTHONPATH": str(modules)}

    def run(self, *words):
        """Run a command with --json. Return the completed process."""
        return subprocess.run(
            [sys.executable, "-m", "local_cloud", "--json", *words],
            cwd=self.folder,
            env=self._variables,
            capture_output=True,
            text=True,
        )

    def __call__(self, *words, code=0):
        """Run a command. Return the document that it prints."""
        done = self.run(*words)
        assert done.returncode == code, f"{done.stdout}\n{done.stderr}"
        return json.loads(done.stdout)


@pytest.fixture(scope="module")
def laptop(tmp_path_factory, repository):
    folder = tmp_path_factory.mktemp("unrelated") / "app"
    shutil.copytree(APP, folder)
    (folder / "node_modules").symlink_to(repository / "node_modules")
    laptop = Laptop(folder, repository)
    laptop("up")
    yield laptop
    laptop("down")


@pytest.fixture(scope="module")
def cloud(laptop):
    return connect(laptop.folder / ".local_cloud")


@pytest.fixture(scope="module")
def outputs(laptop, cloud):
    """The outputs of the deployed stack."""
    deployed = laptop("deploy", "test")
    assert deployed["stacks"] == [STACK]
    (stack,) = cloud.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"]
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


def test_the_schedule_invokes_the_function(laptop, cloud, outputs):
    laptop("tick", "hourly")
    sqs = cloud.client("sqs")
    answer = sqs.receive_message(QueueUrl=outputs["QueueUrl"], WaitTimeSeconds=20)
    assert [json.loads(each["Body"]) for each in answer["Messages"]] == [{"from": "aws.events"}]


def test_the_pipeline_does_its_work(laptop, cloud, outputs):
    s3, bucket = cloud.client("s3"), outputs["BucketName"]
    s3.put_object(Bucket=bucket, Key="rows/a.csv", Body=b"1\n2\n3\n")
    execution = laptop("start", "counting")
    assert [step["name"] for step in execution["steps"]] == ["Choose", "Count"]
    assert s3.get_object(Bucket=bucket, Key="count/count.txt")["Body"].read() == b"3 rows\n"


def test_the_pipeline_fails_as_it_is_written(laptop, outputs):
    execution = laptop("start", "counting", "-p", "Refuse=yes", code=1)
    assert execution["steps"][-1]["reason"] == "asked to refuse"


def test_it_has_no_data_to_load(laptop, outputs):
    done = laptop.run("load")
    assert done.returncode == 2
    assert "declares no command that loads data" in done.stderr


def test_it_is_destroyed(laptop, cloud, outputs):
    s3, bucket = cloud.client("s3"), outputs["BucketName"]
    for entry in s3.list_objects_v2(Bucket=bucket)["Contents"]:
        s3.delete_object(Bucket=bucket, Key=entry["Key"])
    destroyed = laptop("destroy", "test")
    assert destroyed["stacks"] == [STACK]
    assert destroyed["left"] is None
    assert cloud.client("sagemaker").list_pipelines()["PipelineSummaries"] == []
    assert bucket not in [each["Name"] for each in s3.list_buckets()["Buckets"]]
