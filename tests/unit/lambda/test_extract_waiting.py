"""The function that unloads, against a stand-in of the Data API: waiting, aborting, the queue."""

from __future__ import annotations

import io
import json
import time
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from botocore.exceptions import ClientError

TARGET = {"ClusterIdentifier": "redline-test", "Database": "redline", "DbUser": "pipeline_reader"}
SETTINGS = {
    "CLUSTER_IDENTIFIER": "redline-test",
    "DATABASE": "redline",
    "DB_USER": "pipeline_reader",
    "LAKE_BUCKET": "lake",
    "WAREHOUSE_ROLE_ARN": "arn:aws:iam::123456789012:role/warehouse",
    "QUEUE_URL": "https://sqs/queue",
}
PREFIX = "s3://lake/unload/tickit/abc/Extract/"
ARGUMENTS = {
    "query": "SELECT * FROM sales WHERE day > :day",
    "s3_uri": PREFIX,
    "execution_id": "abc",
    "format": "PARQUET",
    "partition_by": "",
    "parallel": "ON",
    "value_day": "2008-01-01",
}
MANIFEST = {
    "entries": [{"url": f"{PREFIX}0000_part_00.parquet", "meta": {"record_count": 3}}],
    "meta": {"record_count": 3},
}


def now():
    return datetime.now(UTC)


def refusal(code, status=400):
    told = {
        "Error": {"Code": code, "Message": "why"},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(told, "Operation")


class DataApi:
    """A statement goes through the statuses given, and stays at the last one."""

    def __init__(self, *statuses, error=None, refused=()):
        self.statuses = list(statuses) or ["SUBMITTED", "STARTED", "FINISHED"]
        self.error, self.refused = error, list(refused)
        self.started, self.cancelled, self.tokens = [], [], {}
        self.quicker = False  # than whoever cancels

    def batch_execute_statement(self, **request):
        if self.refused:
            raise refusal(self.refused.pop(0))
        token = request.pop("ClientToken")
        assert len(token) <= 64
        if token not in self.tokens:
            self.started.append(request)
            self.tokens[token] = {"Id": f"id-{len(self.started)}", "CreatedAt": now()}
        return self.tokens[token]

    def age(self):
        """What was started was started by a former invocation."""
        for token, started in self.tokens.items():
            self.tokens[token] = {**started, "CreatedAt": now() - timedelta(minutes=9)}

    def describe_statement(self, *, Id):  # noqa: N803 - the API's name
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        parts = [{"Status": "FINISHED"}, {"Status": status, "Error": self.error}]
        said = {"Error": "Query failed"} if self.error else {}
        return {"Id": Id, "Status": status, "SubStatements": parts, **said}

    def cancel_statement(self, *, Id):  # noqa: N803 - the API's name
        if self.quicker:
            self.statuses = ["FINISHED"]
            raise refusal("ValidationException")
        self.cancelled.append(Id)
        self.statuses = ["ABORTED"]

    def list_statements(self, *, StatementName, Status):  # noqa: N803 - the API's names
        assert Status == "ALL"
        named = [each for each in self.started if each["StatementName"] == StatementName]
        return {"Statements": [{"Id": "id-1", "Status": self.statuses[0]} for _ in named]}


class Storage:
    """S3 that holds the warehouse's manifest, if there is one."""

    class exceptions:  # noqa: N801 - boto3's name
        NoSuchKey = KeyError

    def __init__(self, manifest):
        self.manifest, self.written = manifest, {}

    def get_object(self, *, Bucket, Key):  # noqa: N803 - the API's names
        assert f"s3://{Bucket}/{Key}" == f"{PREFIX}manifest"
        if self.manifest is None:
            raise KeyError(Key)
        return {"Body": io.BytesIO(json.dumps(self.manifest).encode())}

    def put_object(self, *, Bucket, Key, Body, ContentType):  # noqa: N803 - the API's names
        self.written[f"s3://{Bucket}/{Key}"] = json.loads(Body)


class Steps:
    """SageMaker that takes each token once."""

    def __init__(self):
        self.answers = {}

    def _answer(self, token, answer):
        if token in self.answers:
            raise refusal("ResourceNotFound")
        self.answers[token] = answer
        return {}

    def send_pipeline_execution_step_success(self, *, CallbackToken, OutputParameters):  # noqa: N803
        return self._answer(CallbackToken, {o["Name"]: o["Value"] for o in OutputParameters})

    def send_pipeline_execution_step_failure(self, *, CallbackToken, FailureReason):  # noqa: N803
        assert len(FailureReason) <= 256
        return self._answer(CallbackToken, FailureReason)


class Messages:
    """SQS that keeps what is sent."""

    def __init__(self):
        self.sent = []

    def send_message(self, *, QueueUrl, MessageBody, DelaySeconds):  # noqa: N803 - the API's names
        assert QueueUrl == SETTINGS["QUEUE_URL"]
        assert DelaySeconds > 0
        self.sent.append(json.loads(MessageBody))


@pytest.fixture
def function(load_handler, monkeypatch):
    """The module, with stand-ins of the services that it calls as attributes."""
    module = load_handler("extract")
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(module.beside.statements.time, "sleep", lambda seconds: None)

    def use(api, manifest=MANIFEST):
        services = {
            "redshift-data": api,
            "s3": Storage(manifest),
            "sagemaker": Steps(),
            "sqs": Messages(),
        }
        monkeypatch.setattr(boto3, "client", lambda service, **_: services[service])
        module.services = services
        return module

    return use


def test_it_waits_for_the_end_and_gives_what_later_steps_need(function, context):
    api = DataApi("SUBMITTED", "PICKED", "STARTED", "FINISHED")
    module = function(api)
    assert module.handler(dict(ARGUMENTS), context) == {
        "s3_uri": PREFIX,
        "manifest_uri": "s3://lake/unload/tickit/abc/Extract.manifest",
        "rows": "3",
        "query_id": "id-1",
    }
    assert module.services["s3"].written == {
        "s3://lake/unload/tickit/abc/Extract.manifest": [
            {"prefix": PREFIX},
            "0000_part_00.parquet",
        ]
    }


def test_the_values_are_parameters_of_the_data_api(function, context):
    api = DataApi()
    function(api).handler({**ARGUMENTS, "value_day": "'; drop table sales; --"}, context)
    (request,) = api.started
    assert request["Parameters"] == [{"name": "day", "value": "'; drop table sales; --"}]
    assert "drop" not in str(request["Sqls"])
    assert {name: request[name] for name in TARGET} == TARGET


def test_without_values_there_are_no_parameters(function, context):
    api = DataApi()
    arguments = {k: v for k, v in ARGUMENTS.items() if not k.startswith("value_")}
    function(api).handler({**arguments, "query": "SELECT 1"}, context)
    assert "Parameters" not in api.started[0]
    assert len(api.started[0]["Sqls"]) == 1


@pytest.mark.parametrize(
    ("settings", "target"),
    [
        (
            {"CLUSTER_IDENTIFIER": "c", "DATABASE": "d", "SECRET_ARN": "arn:secret"},
            {"ClusterIdentifier": "c", "Database": "d", "SecretArn": "arn:secret"},
        ),
        (
            {"WORKGROUP_NAME": "w", "DATABASE": "d"},
            {"WorkgroupName": "w", "Database": "d"},
        ),
    ],
)
def test_a_warehouse_may_be_reached_in_other_ways(function, context, monkeypatch, settings, target):
    for name in ("CLUSTER_IDENTIFIER", "DB_USER", "DATABASE"):
        monkeypatch.delenv(name)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    api = DataApi()
    function(api).handler(dict(ARGUMENTS), context)
    named = {"ClusterIdentifier", "WorkgroupName", "Database", "DbUser", "SecretArn"}
    assert {name: v for name, v in api.started[0].items() if name in named} == target


def test_a_failed_statement_is_raised_with_the_error_of_its_part(function, context):
    module = function(DataApi("STARTED", "FAILED", error="division by zero"))
    with pytest.raises(
        module.beside.unloading.ExtractionFailed, match="id-1 is FAILED: division by zero$"
    ):
        module.handler(dict(ARGUMENTS), context)


def test_an_aborted_statement_is_raised(function, context):
    module = function(DataApi("STARTED", "ABORTED"))
    with pytest.raises(
        module.beside.unloading.ExtractionFailed, match="statement id-1 is ABORTED$"
    ):
        module.handler(dict(ARGUMENTS), context)


def test_what_takes_too_long_is_cancelled_before_the_function_ends(function, context):
    context.seconds, api = 20, DataApi("STARTED")
    module = function(api)
    with pytest.raises(
        module.beside.unloading.ExtractionFailed, match="was cancelled: make the extraction a long"
    ):
        module.handler(dict(ARGUMENTS), context)
    assert api.cancelled == ["id-1"]


def test_a_statement_that_is_quicker_than_its_cancellation_counts(function, context):
    context.seconds, api = 20, DataApi("STARTED")
    api.quicker = True
    assert function(api).handler(dict(ARGUMENTS), context)["query_id"] == "id-1"


def test_a_statement_that_does_not_stop_is_told(function, context, monkeypatch):
    context.seconds, api = 20, DataApi("STARTED")
    module = function(api)
    monkeypatch.setattr(module.beside.statements, "CANCEL_SECONDS", 0)
    monkeypatch.setattr(api, "cancel_statement", lambda Id: None)  # noqa: N803
    with pytest.raises(module.beside.unloading.ExtractionFailed, match="does not stop"):
        module.handler(dict(ARGUMENTS), context)


def test_what_a_former_invocation_has_left_running_is_gone_on_with(function, context):
    api = DataApi("STARTED", "STARTED", "FINISHED")
    module = function(api)
    module.beside.statements.start(
        api, ["extract", json.dumps(request_of(module))], lambda: 0, **request_of(module)
    )
    api.age()
    assert module.handler(dict(ARGUMENTS), context)["query_id"] == "id-1"
    assert len(api.started) == 1


@pytest.mark.parametrize("status", ["FINISHED", "FAILED", "ABORTED"])
def test_what_is_over_is_done_anew(function, context, status):
    api = DataApi(status)
    module = function(api)
    module.beside.statements.start(
        api, ["extract", json.dumps(request_of(module))], lambda: 0, **request_of(module)
    )
    api.age()
    api.statuses = [status, "STARTED", "FINISHED"]
    assert module.handler(dict(ARGUMENTS), context)["query_id"] == "id-2"
    assert api.started[0] == api.started[1]


def request_of(module):
    """What is asked of the Data API for ARGUMENTS."""
    beside = module.beside
    extraction = beside.extraction.Extraction.read(ARGUMENTS, "lake")
    return beside.unloading.Warehouse(None, beside.unloading.Settings.read())._request(extraction)


@pytest.mark.parametrize(
    "code", ["ActiveStatementsExceededException", "BatchExecuteStatementException"]
)
def test_what_passes_by_itself_is_waited_for(function, context, code):
    api = DataApi(refused=[code] * 3)
    assert function(api).handler(dict(ARGUMENTS), context)["rows"] == "3"
    assert len(api.started) == 1


@pytest.mark.parametrize(
    ("seconds", "code"), [(20, "BatchExecuteStatementException"), (900, "ValidationException")]
)
def test_a_warehouse_that_takes_nothing_fails_the_step(function, context, seconds, code):
    context.seconds, api = seconds, DataApi(refused=[code] * 9)
    module = function(api)
    with pytest.raises(
        module.beside.unloading.ExtractionFailed, match=f"nothing was unloaded: .*{code}"
    ):
        module.handler(dict(ARGUMENTS), context)
    assert len(api.refused) == 8


@pytest.mark.parametrize("manifest", [None, {"entries": [], "meta": {"record_count": 0}}])
def test_no_rows_fail_and_write_no_list(function, context, manifest):
    module = function(DataApi(), manifest)
    with pytest.raises(
        module.beside.unloading.ExtractionFailed, match="no rows.*'day': '2008-01-01'"
    ):
        module.handler(dict(ARGUMENTS), context)
    assert module.services["s3"].written == {}


def step_message(**changes):
    return {
        "token": "a1b2c3d4e5",
        "pipelineExecutionArn": "arn",
        "arguments": ARGUMENTS,
        "status": "Executing",
        **changes,
    }


def take(module, body, sent=None):
    """Hand a message to the function; whether it is done with it."""
    sent = time.time() if sent is None else sent
    attributes = {"SentTimestamp": str(int(sent * 1000))}
    record = {"messageId": "m-1", "body": json.dumps(body), "attributes": attributes}
    event = {"Records": [record]}
    again = module.queued(event, None)["batchItemFailures"]
    assert again in ([], [{"itemIdentifier": "m-1"}])
    return not again


def test_a_step_of_the_queue_is_begun_looked_at_and_answered(function):
    api = DataApi("STARTED", "STARTED", "FINISHED")
    module = function(api)
    assert take(module, step_message())
    (following,) = module.services["sqs"].sent
    assert following["statement"] == "id-1"
    assert api.started[0]["StatementName"] == "extract-a1b2c3d4e5"
    assert not take(module, following)
    assert not take(module, following)
    assert take(module, following)
    answer = module.services["sagemaker"].answers["a1b2c3d4e5"]
    assert answer["manifest_uri"] == "s3://lake/unload/tickit/abc/Extract.manifest"
    assert answer["rows"] == "3"


def test_a_message_that_comes_twice_starts_one_statement(function):
    api = DataApi("FINISHED")
    module = function(api)
    assert take(module, step_message())
    assert take(module, step_message())
    assert len(api.started) == 1
    first, second = module.services["sqs"].sent
    assert take(module, first)
    assert take(module, second)  # the token is used, which is no reason to try again


def test_a_failure_is_answered_with_the_databases_words(function):
    module = function(DataApi("FAILED", error="division by zero " + "x" * 300))
    take(module, step_message())
    assert take(module, module.services["sqs"].sent[0])
    assert "FAILED: division by zero" in module.services["sagemaker"].answers["a1b2c3d4e5"]


def test_a_request_that_is_refused_is_answered_at_once(function):
    module = function(DataApi())
    assert take(module, step_message(arguments={**ARGUMENTS, "s3_uri": "s3://lake/x/"}))
    assert "allowed is a prefix" in module.services["sagemaker"].answers["a1b2c3d4e5"]
    assert module.services["sqs"].sent == []


def test_what_aws_refuses_for_good_is_answered(function):
    module = function(DataApi(refused=["AccessDeniedException"]))
    assert take(module, step_message())
    assert "AccessDeniedException" in module.services["sagemaker"].answers["a1b2c3d4e5"]


def test_what_passes_by_itself_is_left_to_the_queue(function):
    module = function(DataApi(refused=["ActiveStatementsExceededException"]))
    with pytest.raises(ClientError, match="ActiveStatementsExceeded"):
        take(module, step_message())
    assert module.services["sagemaker"].answers == {}
    assert take(module, step_message())
    assert len(module.services["sqs"].sent) == 1


@pytest.mark.parametrize(("code", "status"), [("SlowDown", 503), ("InternalError", 500)])
def test_rows_that_s3_does_not_give_for_a_while_are_left_to_the_queue(
    function, monkeypatch, code, status
):
    module = function(DataApi("FINISHED"))
    take(module, step_message())
    (following,) = module.services["sqs"].sent

    def refuse(**_names):
        raise refusal(code, status)

    with monkeypatch.context() as out_of_order:
        out_of_order.setattr(module.services["s3"], "get_object", refuse)
        with pytest.raises(ClientError, match=code):
            take(module, following)
    assert module.services["sagemaker"].answers == {}
    assert take(module, following)
    assert module.services["sagemaker"].answers["a1b2c3d4e5"]["rows"] == "3"


def test_what_does_not_pass_for_half_a_day_is_answered(function):
    module = function(DataApi(refused=["BatchExecuteStatementException"]))
    assert take(module, step_message(), sent=time.time() - 13 * 3600)
    answer = module.services["sagemaker"].answers["a1b2c3d4e5"]
    assert "BatchExecuteStatementException" in answer


def test_a_statement_that_is_too_old_is_cancelled(function):
    api = DataApi("STARTED")
    module = function(api)
    take(module, step_message())
    old = {**module.services["sqs"].sent[0], "started": 0}
    assert take(module, old)
    assert api.cancelled == ["id-1"]
    assert "longer than 12 hours" in module.services["sagemaker"].answers["a1b2c3d4e5"]


def test_stopping_cancels_the_statement_whose_message_then_answers(function):
    api = DataApi("STARTED")
    module = function(api)
    stop = step_message(status="Stopping")
    assert not take(module, stop)  # nothing to cancel yet: it may come after the first message
    take(module, step_message())
    assert take(module, stop)
    assert api.cancelled == ["id-1"]
    assert take(module, module.services["sqs"].sent[0])
    assert "ABORTED" in module.services["sagemaker"].answers["a1b2c3d4e5"]
