"""`exec` with the role of a stack's output: the program has only the permissions of the role."""

from __future__ import annotations

import sys

import pytest

from local_cloud.cli import main
from local_cloud.tests.recorded_server import record_server

PROGRAM = """
import boto3
from botocore.exceptions import ClientError
print(boto3.client("sts").get_caller_identity()["Arn"])
try:
    boto3.client("s3").create_bucket(Bucket="not-allowed")
except ClientError as error:
    print(error.response["Error"]["Code"])
"""


@pytest.fixture(scope="module")
def stack(cloud, stacks, make_role, allow):
    role = make_role("users", allow("s3:ListAllMyBuckets"), "sagemaker.amazonaws.com")
    topic = {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {}}}
    stacks.create("app-studio", topic, Outputs={"RoleArn": {"Value": role}})
    record_server(cloud)
    return role


@pytest.mark.parametrize("by", ["output", "arn"])
def test_the_program_has_the_role(cloud, stack, capfd, by):
    role = "app-studio/RoleArn" if by == "output" else stack
    program = [sys.executable, "-c", PROGRAM]
    assert main(["--state", str(cloud.state), "exec", "--role", role, *program]) == 0
    caller, error = capfd.readouterr().out.split()
    assert ":assumed-role/users/" in caller
    assert error == "AccessDenied"


def test_an_output_that_does_not_exist_is_named(cloud, stack, capsys):
    code = main(["--state", str(cloud.state), "exec", "--role", "app-studio/Other", "true"])
    assert code != 0
    assert "no stack app-studio with the output Other is deployed" in capsys.readouterr().err
