"""Lambda functions run in real processes."""

from __future__ import annotations

import base64
import io
import json
import zipfile

import pytest
from botocore.exceptions import ClientError

CODE = """
import os
import sys
import time

import boto3


def echo(event, context):
    print("hello from", context.function_name)
    return {"event": event, "seen": os.environ["SETTING"], "root": os.getcwd()}


def who(event, context):
    return boto3.client("sts").get_caller_identity()["Arn"]


def fails(event, context):
    raise ValueError("no such table")


def sleeps(event, context):
    time.sleep(60)


def leaves(event, context):
    os._exit(3)


def eats(event, context):
    return len("x" * (400 * 1024 * 1024)) and time.sleep(2)


def answers_nonsense(event, context):
    return {1, 2}


def imports_pandas(event, context):
    import pandas


def imports_project(event, context):
    import local_cloud


def lists_buckets(event, context):
    return boto3.client("s3").list_buckets()


def runs_a_query(event, context):
    values = [{"name": "day", "value": "2008-01-01"}]
    boto3.client("redshift-data").batch_execute_statement(
        Sqls=["SELECT :day"], Parameters=values, ClusterIdentifier="c", Database="d", DbUser="u"
    )


def puts(event, context):
    boto3.client("s3").put_object(Bucket=event["bucket"], Key="done", Body=b"")
"""


def packed(text):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("handler.py", text)
    return buffer.getvalue()


@pytest.fixture(scope="module")
def role(make_role, allow):
    may = allow("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", "s3:PutObject")
    return make_role("function", may, "lambda.amazonaws.com")


@pytest.fixture(scope="module")
def invoke(cloud, role):
    client = cloud.client("lambda")
    made = set()

    def call(name, payload=None, **settings):
        if name not in made:
            client.create_function(
                FunctionName=name,
                Code={"ZipFile": packed(CODE)},
                Handler=f"handler.{name}",
                Role=role,
                **{
                    "Runtime": "python3.12",
                    "Timeout": 20,
                    "MemorySize": 256,
                    "Environment": {"Variables": {"SETTING": "on"}},
                    **settings,
                },
            )
            made.add(name)
        answer = client.invoke(FunctionName=name, Payload=json.dumps(payload), LogType="Tail")
        log = base64.b64decode(answer["LogResult"]).decode()
        return json.loads(answer["Payload"].read()), answer.get("FunctionError"), log

    return call


def test_the_zip_runs_with_its_environment(invoke):
    answer, error, log = invoke("echo", {"a": 1})
    assert error is None
    assert answer["event"] == {"a": 1}
    assert answer["seen"] == "on"
    assert "hello from echo" in log
    assert "REPORT RequestId" in log


def test_it_has_the_credentials_of_its_role(invoke):
    answer, _, _ = invoke("who")
    assert answer == "arn:aws:sts::123456789012:assumed-role/function/who"


def test_an_exception_has_the_response_of_lambda(invoke):
    answer, error, log = invoke("fails")
    assert error == "Unhandled"
    assert answer["errorType"] == "ValueError"
    assert answer["errorMessage"] == "no such table"
    assert 'raise ValueError("no such table")' in answer["stackTrace"][-1]
    assert "[ERROR] ValueError: no such table" in log


def test_a_time_out(invoke):
    answer, error, _ = invoke("sleeps", Timeout=1)
    assert error == "Unhandled"
    assert "Task timed out after 1.00 seconds" in answer["errorMessage"]


def test_too_much_memory(invoke):
    answer, error, _ = invoke("eats")
    assert error == "Unhandled"
    assert answer["errorType"] == "Runtime.OutOfMemory"


@pytest.mark.parametrize(
    ("name", "kind", "text"),
    [
        ("leaves", "Runtime.ExitError", "exit status 3"),
        ("missing", "Runtime.HandlerNotFound", "Handler 'missing' missing"),
        ("answers_nonsense", "Runtime.MarshalError", "set is not JSON serializable"),
        ("imports_pandas", "ModuleNotFoundError", "No module named 'pandas'"),
        ("imports_project", "ModuleNotFoundError", "No module named 'local_cloud'"),
    ],
)
def test_other_ways_to_fail(invoke, name, kind, text):
    answer, error, _ = invoke(name)
    assert error == "Unhandled"
    assert answer["errorType"] == kind
    assert text in answer["errorMessage"]


def test_its_role_is_enforced(invoke):
    answer, error, _ = invoke("lists_buckets")
    assert error == "Unhandled"
    assert "not authorized to perform: s3:ListAllMyBuckets" in answer["errorMessage"]


def test_its_log_is_in_cloudwatch(invoke, cloud):
    invoke("echo")
    logs = cloud.client("logs")
    stream = logs.describe_log_streams(logGroupName="/aws/lambda/echo")["logStreams"][0]
    events = logs.get_log_events(
        logGroupName="/aws/lambda/echo", logStreamName=stream["logStreamName"]
    )["events"]
    assert "hello from echo" in [event["message"] for event in events]


def test_an_event_is_handled_later(cloud, invoke, eventually):
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="async-bucket")
    invoke("puts", {"bucket": "async-bucket"})
    s3.delete_object(Bucket="async-bucket", Key="done")
    answer = cloud.client("lambda").invoke(
        FunctionName="puts", InvocationType="Event", Payload=b'{"bucket": "async-bucket"}'
    )
    assert answer["StatusCode"] == 202
    eventually(lambda: s3.list_objects_v2(Bucket="async-bucket")["KeyCount"])


def function(role, **properties):
    code = {"ZipFile": "def handler(event, context):\n    return 1\n"}
    return {
        "Function": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "Code": code,
                "Handler": "index.handler",
                "Role": role,
                "Runtime": "python3.12",
                **properties,
            },
        }
    }


def test_another_runtime_is_refused_by_name(stacks, role):
    assert stacks.create("node", function(role, Runtime="nodejs22.x")) == "ROLLBACK_COMPLETE"
    assert "not in nodejs22.x" in stacks.reason("node")


def test_a_role_that_lambda_cannot_assume_is_refused(stacks, make_role, allow):
    other = make_role("other", allow("s3:*"), "events.amazonaws.com")
    assert stacks.create("trust", function(other)) == "ROLLBACK_COMPLETE"
    assert "lambda.amazonaws.com cannot assume" in stacks.reason("trust")


def test_updated_code_runs(stacks, cloud, role):
    stacks.create("code", function(role))
    name = stacks.ids("code")["Function"]
    new = {"ZipFile": "def handler(event, context):\n    return 2\n"}
    stacks.update("code", function(role, Code=new))
    answer = cloud.client("lambda").invoke(FunctionName=name)
    assert json.loads(answer["Payload"].read()) == 2


def test_an_unknown_function_is_not_found(cloud):
    with pytest.raises(ClientError, match="ResourceNotFound"):
        cloud.client("lambda").invoke(FunctionName="unknown")


def test_code_that_cannot_be_unpacked_is_refused(cloud, role):
    client = cloud.client("lambda")
    settings = {"Role": role, "Runtime": "python3.12", "Handler": "handler.echo"}
    with pytest.raises(ClientError, match="Could not unzip uploaded file: not a whole zip"):
        client.create_function(FunctionName="cut", Code={"ZipFile": packed(CODE)[:-9]}, **settings)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("../handler.py", CODE)
    with pytest.raises(ClientError, match="is outside of the archive's folder"):
        client.create_function(FunctionName="out", Code={"ZipFile": buffer.getvalue()}, **settings)


def test_the_sdk_is_older_than_the_newest_requests(invoke):
    """AWS does not publish the SDK version of Lambda; functions contain the newer parts they need.

    https://docs.aws.amazon.com/lambda/latest/dg/python-package.html, "Runtime dependencies in
    Python".
    """
    failed, _, _ = invoke("runs_a_query")
    assert failed["errorType"] == "ParamValidationError"
    assert 'Unknown parameter in input: "Parameters"' in failed["errorMessage"]
