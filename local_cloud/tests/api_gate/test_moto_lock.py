"""Requests of several threads to moto's services: none fails, no change is lost, no deadlock."""

from __future__ import annotations

import io
import json
import sys
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor

import pytest
from moto.secretsmanager.models import FakeSecret

from local_cloud.context import SERVER_AGENT, Cloud
from local_cloud.moto_lock import MOTO, CalledWhileHeld
from local_cloud.server import running

_SECONDS = 30


@pytest.fixture(scope="module")
def cloud(tmp_path_factory):
    with running(state=tmp_path_factory.mktemp("cloud")) as cloud:
        yield cloud


@pytest.fixture
def frequent_switches():
    """Threads take turns after a few instructions."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def test_a_secret_is_not_created_while_another_request_lists_them(cloud, monkeypatch):
    secrets = cloud.client("secretsmanager")
    secrets.create_secret(Name="first", SecretString="-")
    listing, created = threading.Event(), threading.Event()
    to_dict = FakeSecret.to_dict

    def pausing(secret):
        listing.set()
        created.wait(0.5)
        return to_dict(secret)

    def create():
        assert listing.wait(_SECONDS)
        cloud.client("secretsmanager").create_secret(Name="second", SecretString="-")
        created.set()

    monkeypatch.setattr(FakeSecret, "to_dict", pausing)
    with ThreadPoolExecutor() as pool:
        creation = pool.submit(create)
        names = [each["Name"] for each in secrets.list_secrets()["SecretList"]]
        creation.result(_SECONDS)
    assert names == ["first"]
    assert created.is_set()


def test_lists_and_changes_of_many_threads_succeed(cloud, frequent_switches):
    def work(number):
        secrets, glue, logs = (cloud.client(name) for name in ("secretsmanager", "glue", "logs"))
        for turn in range(12):
            name = f"hammered-{number}-{turn}"
            secrets.create_secret(Name=name, SecretString="-")
            glue.create_database(DatabaseInput={"Name": name})
            logs.create_log_group(logGroupName=name)
            secrets.list_secrets()
            glue.get_databases()
            logs.describe_log_groups()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    pages = cloud.client("glue").get_paginator("get_databases").paginate()
    assert sum(len(page["DatabaseList"]) for page in pages) == 96


def test_a_request_that_waits_for_a_message_does_not_stop_the_one_that_sends_it(cloud):
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="awaited")["QueueUrl"]
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(sqs.receive_message, QueueUrl=url, WaitTimeSeconds=20)
        cloud.client("sqs").send_message(QueueUrl=url, MessageBody="sent")
        found = waiting.result(_SECONDS)
    assert [each["Body"] for each in found["Messages"]] == ["sent"]


_CALLS_BACK = b"""
import boto3
def handler(event, context):
    functions = boto3.client("lambda").list_functions()["Functions"]
    boto3.client("logs").create_log_group(logGroupName="called-back")
    return [each["FunctionName"] for each in functions]
"""


def test_a_function_calls_the_service_that_invokes_it(cloud):
    iam, functions = cloud.client("iam"), cloud.client("lambda")
    trusted = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"Service": "lambda.amazonaws.com"},
    }
    allowed = {
        "Effect": "Allow",
        "Action": ["lambda:ListFunctions", "logs:*"],
        "Resource": "*",
    }
    trust, policy = (
        json.dumps({"Version": "2012-10-17", "Statement": [each]}) for each in (trusted, allowed)
    )
    role = iam.create_role(RoleName="caller", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    iam.put_role_policy(RoleName="caller", PolicyName="all", PolicyDocument=policy)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("code.py", _CALLS_BACK)
    functions.create_function(
        FunctionName="back",
        Runtime="python3.12",
        Role=role,
        Handler="code.handler",
        Code={"ZipFile": archive.getvalue()},
        Timeout=_SECONDS,
    )
    answer = functions.invoke(FunctionName="back")
    assert json.loads(answer["Payload"].read()) == ["back"]


def test_other_threads_get_the_lock_only_while_it_is_released():
    with ThreadPoolExecutor() as pool:
        with MOTO.held(), MOTO.held():
            other = pool.submit(_taken)
            assert not other.done()
            with MOTO.released():
                assert other.result(_SECONDS)
            other = pool.submit(_taken)
            assert not other.done()
        assert other.result(_SECONDS)
    with MOTO.released():
        assert not MOTO.is_held


def test_a_thread_that_holds_the_lock_cannot_call_the_server(tmp_path):
    server = Cloud("http://localhost:9", tmp_path, agent=SERVER_AGENT)
    with MOTO.held(), pytest.raises(CalledWhileHeld, match=r"sts:GetCallerIdentity"):
        server.client("sts").get_caller_identity()


def _taken() -> bool:
    with MOTO.held():
        return True
