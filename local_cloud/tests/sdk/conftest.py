"""Fixtures for pipelines of the SageMaker SDK: a server, and a user's project."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import threading
import zipfile
from pathlib import Path

import pytest

from local_cloud.tests.sagemaker.conftest import cloud, role

__all__ = ["cloud", "role"]

COUNT = """
import sys
from pyspark.sql import SparkSession
rows = SparkSession.builder.getOrCreate().read.csv(sys.argv[1])
rows.groupBy("_c2").count().write.csv(sys.argv[2])
"""

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

    def run(project, python, *arguments):
        folder = tmp_path_factory.mktemp("user") / "project"
        shutil.copytree(Path(__file__).parent / project, folder)
        (folder / "config.yaml").write_text(NO_TELEMETRY)
        s3 = cloud.client("s3")
        s3.create_bucket(Bucket="of-the-user")
        s3.put_object(Bucket="of-the-user", Key="jobs/count.py", Body=COUNT.encode())
        environment = {
            **cloud.environment(),
            "HOME": str(folder),
            "PATH": os.environ["PATH"],
            "SAGEMAKER_USER_CONFIG_OVERRIDE": str(folder / "config.yaml"),
        }
        child = subprocess.run(
            [python, "pipeline.py", role, "of-the-user", *arguments],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
        )
        assert child.returncode == 0, child.stdout + child.stderr
        (line,) = (line for line in child.stdout.splitlines() if line.startswith("RESULT "))
        return json.loads(line.removeprefix("RESULT "))

    return run


@pytest.fixture(scope="module")
def answered_queue(cloud):
    """The URL of a queue for Callback steps. Each message is answered with rows=7."""
    sqs, sagemaker = cloud.client("sqs"), cloud.client("sagemaker")
    url = sqs.create_queue(QueueName="questions")["QueueUrl"]
    ended = threading.Event()

    def answer():
        while not ended.wait(0.2):
            for message in sqs.receive_message(QueueUrl=url).get("Messages", []):
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                sagemaker.send_pipeline_execution_step_success(
                    CallbackToken=json.loads(message["Body"])["token"],
                    OutputParameters=[{"Name": "rows", "Value": "7"}],
                )

    consumer = threading.Thread(target=answer)
    consumer.start()
    yield url
    ended.set()
    consumer.join()


@pytest.fixture(scope="module")
def doubling(cloud):
    """The ARN of a function that returns twice its `number`."""
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}}
    statements = [{**trust, "Action": "sts:AssumeRole"}]
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
    role = cloud.client("iam").create_role(RoleName="double", AssumeRolePolicyDocument=policy)
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as packed:
        text = "def handler(event, context):\n    return {'twice': 2 * event['number']}\n"
        packed.writestr("handler.py", text)
    made = cloud.client("lambda").create_function(
        FunctionName="double",
        Runtime="python3.12",
        Role=role["Role"]["Arn"],
        Handler="handler.handler",
        Code={"ZipFile": code.getvalue()},
    )
    return made["FunctionArn"]


@pytest.fixture(scope="module")
def emr(cloud):
    """The ID of a running cluster, its service role, its profile, and a role of EMR Serverless."""
    iam, services = cloud.client("iam"), ("elasticmapreduce", "ec2", "emr-serverless")
    arns = [_trusting(iam, service) for service in services]
    iam.create_instance_profile(InstanceProfileName="ec2")
    iam.add_role_to_instance_profile(InstanceProfileName="ec2", RoleName="ec2")
    made = cloud.client("emr").run_job_flow(
        Name="shared",
        ReleaseLabel="emr-7.12.0",
        Applications=[{"Name": "Spark"}],
        Instances={"InstanceCount": 1, "KeepJobFlowAliveWhenNoSteps": True},
        JobFlowRole="ec2",
        ServiceRole=arns[0],
    )
    return made["JobFlowId"], arns[0], "ec2", arns[2]


def _trusting(iam, service):
    """Create a role with the name of a service, which may assume it; return its ARN."""
    principal = {"Effect": "Allow", "Principal": {"Service": f"{service}.amazonaws.com"}}
    allow = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    trust, policy = (
        json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        for statement in ({**principal, "Action": "sts:AssumeRole"}, allow)
    )
    made = iam.create_role(RoleName=service, AssumeRolePolicyDocument=trust)
    iam.put_role_policy(RoleName=service, PolicyName="p", PolicyDocument=policy)
    return made["Role"]["Arn"]


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
