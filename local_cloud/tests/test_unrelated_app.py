"""The CDK app of another project is deployed with the CDK CLI, runs, and is destroyed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
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


@pytest.fixture
def run_pipeline(cloud, outputs):
    """A function that runs the pipeline, and returns its status and its started steps."""
    sagemaker = cloud.client("sagemaker")

    def run(**parameters):
        execution = sagemaker.start_pipeline_execution(
            PipelineName="counting",
            PipelineParameters=[{"Name": name, "Value": parameters[name]} for name in parameters],
        )
        while True:
            status = sagemaker.describe_pipeline_execution(**only_arn(execution))
            if status["PipelineExecutionStatus"] != "Executing":
                break
            time.sleep(0.1)
        steps = sagemaker.list_pipeline_execution_steps(
            **only_arn(execution), SortOrder="Ascending"
        )
        return status["PipelineExecutionStatus"], steps["PipelineExecutionSteps"]

    return run


def only_arn(execution):
    return {"PipelineExecutionArn": execution["PipelineExecutionArn"]}


def test_the_schedule_invokes_the_function(laptop, cloud, outputs):
    laptop("tick", "hourly")
    sqs = cloud.client("sqs")
    answer = sqs.receive_message(QueueUrl=outputs["QueueUrl"], WaitTimeSeconds=20)
    assert [json.loads(each["Body"]) for each in answer["Messages"]] == [{"from": "aws.events"}]


def test_the_pipeline_does_its_work(cloud, outputs, run_pipeline):
    s3, bucket = cloud.client("s3"), outputs["BucketName"]
    s3.put_object(Bucket=bucket, Key="rows/a.csv", Body=b"1\n2\n3\n")
    status, steps = run_pipeline()
    assert (status, [step["StepName"] for step in steps]) == ("Succeeded", ["Choose", "Count"])
    assert s3.get_object(Bucket=bucket, Key="count/count.txt")["Body"].read() == b"3 rows\n"


def test_the_pipeline_fails_as_it_is_written(run_pipeline):
    status, steps = run_pipeline(Refuse="yes")
    assert status == "Failed"
    assert steps[-1]["Metadata"]["Fail"]["ErrorMessage"] == "asked to refuse"


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
