"""The responses that callers of the laptop cloud receive if a fault affects the call."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from local_cloud.client import clear_faults, inject_fault, list_faults
from local_cloud.faults import fault_responses
from local_cloud.faults.fault_registry import FaultRegistry
from local_cloud.server import running

ONCE = Config(retries={"total_max_attempts": 1})


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with running(state=tmp_path_factory.mktemp("cloud")) as cloud:
        yield cloud


@pytest.fixture
def cloud(server):
    yield server
    clear_faults(server)


def inject(cloud, kind, **fields):
    assert "error" not in inject_fault(cloud, {"kind": kind, **fields})


def hits(cloud):
    return [hit["action"] for hit in list_faults(cloud)["hits"]]


# A service of each protocol, and an operation without arguments.
CALLS = {
    "s3": ("list_buckets", "s3:ListAllMyBuckets", "SlowDown", 503, "InternalError"),
    "sqs": ("list_queues", "sqs:ListQueues", "RequestThrottled", 403, "InternalFailure"),
    "sns": ("list_topics", "sns:ListTopics", "Throttled", 429, "InternalFailure"),
    "ec2": ("describe_vpcs", "ec2:DescribeVpcs", "RequestLimitExceeded", 503, "InternalFailure"),
    "iam": ("list_roles", "iam:ListRoles", "Throttling", 400, "InternalFailure"),
    "lambda": (
        "list_functions", "lambda:ListFunctions", "TooManyRequestsException", 429,
        "ServiceException",
    ),
    "sagemaker": (
        "list_pipelines", "sagemaker:ListPipelines", "ThrottlingException", 400, "InternalFailure",
    ),
    "cloudwatch": (
        "describe_alarms", "cloudwatch:DescribeAlarms", "Throttling", 400, "InternalFailure",
    ),
}  # fmt: skip


@pytest.mark.parametrize("service", CALLS)
@pytest.mark.parametrize("kind", ["throttle", "error"])
def test_the_error_has_the_format_of_the_service(cloud, service, kind):
    operation, action, throttled, status, broken = CALLS[service]
    inject(cloud, kind, action=action)
    with pytest.raises(ClientError) as caught:
        getattr(cloud.client(service, config=ONCE), operation)()
    answer = caught.value.response
    error = (answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"])
    assert error == ((throttled, status) if kind == "throttle" else (broken, 500))
    assert hits(cloud) == [action]


@pytest.mark.parametrize("kind", ["throttle", "error", "time_out", "lost_answer"])
@pytest.mark.parametrize("service", CALLS)
def test_clients_retry(cloud, service, kind):
    operation, action, *_ = CALLS[service]
    inject(cloud, kind, action=action)
    getattr(cloud.client(service), operation)()
    assert hits(cloud) == [action]


def test_a_request_from_before_the_fault_is_not_affected(cloud, monkeypatch):
    monkeypatch.setattr(fault_responses, "FAULTS", FaultRegistry())
    inject(cloud, "throttle", action="sqs:ListQueues")
    assert cloud.client("sqs", config=ONCE).list_queues()
    assert hits(cloud) == []


def queues(cloud):
    return cloud.client("sqs").list_queues().get("QueueUrls", [])


@pytest.mark.parametrize(("kind", "done"), [("lost_answer", True), ("time_out", False)])
def test_a_request_without_a_response_may_be_executed_or_not(cloud, kind, done):
    inject(cloud, kind, action="sqs:CreateQueue")
    with pytest.raises(ConnectionClosedError):
        cloud.client("sqs", config=ONCE).create_queue(QueueName=kind)
    assert any(url.endswith(kind) for url in queues(cloud)) is done


def test_a_request_with_an_error_is_not_executed(cloud):
    inject(cloud, "error", action="sqs:CreateQueue")
    with pytest.raises(ClientError):
        cloud.client("sqs", config=ONCE).create_queue(QueueName="never")
    assert not any(url.endswith("never") for url in queues(cloud))


def test_a_slow_response_arrives(cloud):
    inject(cloud, "slow", action="sts:GetCallerIdentity", seconds=0.5)
    began = time.monotonic()
    assert cloud.client("sts").get_caller_identity()["Account"]
    assert time.monotonic() - began >= 0.5


def test_a_client_may_time_out(cloud):
    inject(cloud, "time_out", action="sts:GetCallerIdentity", seconds=2)
    config = Config(retries={"total_max_attempts": 1}, read_timeout=0.3)
    with pytest.raises(ReadTimeoutError):
        cloud.client("sts", config=config).get_caller_identity()


def test_the_calling_process_is_killed(cloud):
    inject(cloud, "crash", action="sqs:CreateQueue", after=1)
    program = (
        "import boto3\n"
        "sqs = boto3.client('sqs')\n"
        "sqs.create_queue(QueueName='before')\n"
        "sqs.create_queue(QueueName='after')\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], env=cloud.environment(), timeout=60, check=False
    )
    assert ended.returncode == -signal.SIGKILL
    names = [url.rpartition("/")[2] for url in queues(cloud)]
    assert "before" in names and "after" not in names


def test_roles_differ_from_the_administrator(cloud):
    iam = cloud.client("iam")
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    arn = iam.create_role(RoleName="lister", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    statement = {"Effect": "Allow", "Action": "sqs:ListQueues", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_role_policy(RoleName="lister", PolicyName="list", PolicyDocument=document)
    inject(cloud, "throttle", role="lister", times=None)
    assert cloud.client("sqs").list_queues()
    with pytest.raises(ClientError, match="RequestThrottled"):
        cloud.client("sqs", arn, session="one", config=ONCE).list_queues()
    hit = list_faults(cloud)["hits"][0]
    assert (hit["role"], hit["session"].rpartition("/")[2]) == ("lister", "one")


def test_faults_on_objects_use_their_arns(cloud):
    s3 = cloud.client("s3", config=ONCE)
    s3.create_bucket(Bucket="affected")
    inject(cloud, "error", action="s3:PutObject", resource="arn:aws:s3:::affected/b*", after=1)
    for key in ("a", "b1"):
        s3.put_object(Bucket="affected", Key=key, Body=b"")
    with pytest.raises(ClientError):
        s3.put_object(Bucket="affected", Key="b2", Body=b"")
    s3.put_object(Bucket="affected", Key="b3", Body=b"")
    keys = [found["Key"] for found in s3.list_objects_v2(Bucket="affected")["Contents"]]
    assert keys == ["a", "b1", "b3"]


def test_an_invalid_fault_is_refused(cloud):
    assert "must be one of" in inject_fault(cloud, {"kind": "x"})["error"]
