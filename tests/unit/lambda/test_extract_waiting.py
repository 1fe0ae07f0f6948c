"""The function `extract`, tested against a stand-in for the Data API: waiting and the queue."""

from __future__ import annotations

import io
import json
import time
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from botocore.exceptions import ClientError

CONNECTION = {
    "ClusterIdentifier": "redline-test",
    "Database": "redline",
    "DbUser": "pipeline_reader",
}
SETTINGS = {
    "CLUSTER_IDENTIFIER": "redline-test",
    "DATABASE": "redline",
    "DB_USER": "pipeline_reader",
    "LAKE_BUCKET": "lake",
    "WAREHOUSE_ROLE_ARN": "arn:aws:iam::123456789012:role/warehouse",
    "EXTRACTED_DAYS": "365",
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


def client_error(code, status=400):
    response = {
        "Error": {"Code": code, "Message": "why"},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(response, "Operation")


class DataApi:
    """A stand-in for the Data API: statements pass through `statuses` and stay at the last one.

    `refused` holds error codes: each of the first calls raises one of them.
    """

    def __init__(self, *statuses, error=None, refused=()):
        self.statuses = list(statuses) or ["SUBMITTED", "STARTED", "FINISHED"]
        self.error, self.refused = error, list(refused)
        self.started, self.cancelled, self.tokens = [], [], {}
        self.finishes_before_cancellation = False

    def batch_execute_statement(self, **request):
        if self.refused:
            raise client_error(self.refused.pop(0))
        token = request.pop("ClientToken")
        assert len(token) <= 64
        if token not in self.tokens:
            self.started.append(request)
            self.tokens[token] = {"Id": f"id-{len(self.started)}", "CreatedAt": now()}
        return self.tokens[token]

    def backdate(self):
        """Date the statements back, as if an earlier invocation had started them."""
        for token, started in self.tokens.items():
            self.tokens[token] = {**started, "CreatedAt": now() - timedelta(minutes=9)}

    def describe_statement(self, *, Id):  # noqa: N803 - the API's name
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        parts = [{"Status": "FINISHED"}, {"Status": status, "Error": self.error}]
        error = {"Error": "Query failed"} if self.error else {}
        return {"Id": Id, "Status": status, "SubStatements": parts, **error}

    def cancel_statement(self, *, Id):  # noqa: N803 - the API's name
        if self.finishes_before_cancellation:
            self.statuses = ["FINISHED"]
            raise client_error("ValidationException")
        self.cancelled.append(Id)
        self.statuses = ["ABORTED"]

    def list_statements(self, *, StatementName, Status):  # noqa: N803 - the API's names
        assert Status == "ALL"
        named = [each for each in self.started if each["StatementName"] == StatementName]
        return {"Statements": [{"Id": "id-1", "Status": self.statuses[0]} for _ in named]}


class Storage:
    """A stand-in for S3 that holds the manifest of UNLOAD, if any, and what was written."""

    class exceptions:  # noqa: N801 - boto3's name
        NoSuchKey = KeyError

    def __init__(self, manifest):
        self.manifest, self.written = manifest, {}

    def get_object(self, *, Bucket, Key):  # noqa: N803 - the API's names
        assert f"s3://{Bucket}/{Key}" == f"{PREFIX}manifest"
        if self.manifest is None:
            raise KeyError(Key)
        return {"Body": io.BytesIO(json.dumps(self.manifest).encode())}

    def list_objects_v2(self, *, Bucket, Prefix, MaxKeys):  # noqa: N803 - the API's names
        assert MaxKeys == 1
        keys = sorted(uri.removeprefix(f"s3://{Bucket}/") for uri in self.written)
        found = [{"Key": key} for key in keys if key.startswith(Prefix)]
        return {"Contents": found[:1]} if found else {}

    def put_object(self, *, Bucket, Key, Body, ContentType):  # noqa: N803 - the API's names
        self.written[f"s3://{Bucket}/{Key}"] = json.loads(Body)


class Steps:
    """A stand-in for SageMaker that accepts each callback token once."""

    def __init__(self):
        self.answers = {}

    def _answer(self, token, answer):
        if token in self.answers:
            raise client_error("ResourceNotFound")
        self.answers[token] = answer
        return {}

    def send_pipeline_execution_step_success(self, *, CallbackToken, OutputParameters):  # noqa: N803
        return self._answer(CallbackToken, {o["Name"]: o["Value"] for o in OutputParameters})

    def send_pipeline_execution_step_failure(self, *, CallbackToken, FailureReason):  # noqa: N803
        assert len(FailureReason) <= 256
        return self._answer(CallbackToken, FailureReason)


class Messages:
    """A stand-in for SQS that stores the messages."""

    def __init__(self):
        self.sent = []

    def send_message(self, *, QueueUrl, MessageBody, DelaySeconds):  # noqa: N803 - the API's names
        assert QueueUrl == SETTINGS["QUEUE_URL"]
        assert DelaySeconds > 0
        self.sent.append(json.loads(MessageBody))


@pytest.fixture
def function(load_handler, monkeypatch):
    """Load the module; its attribute `services` holds stand-ins for the services."""
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


def test_the_handler_waits_for_the_statement_and_returns_the_outputs(function, context):
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
    assert {name: request[name] for name in CONNECTION} == CONNECTION


def test_without_values_there_are_no_parameters(function, context):
    api = DataApi()
    arguments = {k: v for k, v in ARGUMENTS.items() if not k.startswith("value_")}
    function(api).handler({**arguments, "query": "SELECT 1"}, context)
    assert "Parameters" not in api.started[0]
    assert len(api.started[0]["Sqls"]) == 1


@pytest.mark.parametrize(
    ("settings", "connection"),
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
def test_the_connection_is_read_from_the_environment(
    function, context, monkeypatch, settings, connection
):
    for name in ("CLUSTER_IDENTIFIER", "DB_USER", "DATABASE"):
        monkeypatch.delenv(name)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    api = DataApi()
    function(api).handler(dict(ARGUMENTS), context)
    named = {"ClusterIdentifier", "WorkgroupName", "Database", "DbUser", "SecretArn"}
    assert {name: v for name, v in api.started[0].items() if name in named} == connection


def test_a_failed_statement_raises_the_error_of_its_substatement(function, context):
    module = function(DataApi("STARTED", "FAILED", error="division by zero"))
    with pytest.raises(
        module.beside.unloading.ExtractionFailed, match="id-1 is FAILED: division by zero$"
    ):
        module.handler(dict(ARGUMENTS), context)


def test_an_aborted_statement_raises_an_error(function, context):
    module = function(DataApi("STARTED", "ABORTED"))
    with pytest.raises(
        module.beside.unloading.ExtractionFailed, match="statement id-1 is ABORTED$"
    ):
        module.handler(dict(ARGUMENTS), context)


def test_a_statement_is_cancelled_before_the_function_times_out(function, context):
    context.seconds, api = 20, DataApi("STARTED")
    module = function(api)
    with pytest.raises(
        module.beside.unloading.ExtractionFailed, match="was cancelled: use a long extraction"
    ):
        module.handler(dict(ARGUMENTS), context)
    assert api.cancelled == ["id-1"]


def test_a_statement_that_finishes_before_its_cancellation_succeeds(function, context):
    context.seconds, api = 20, DataApi("STARTED")
    api.finishes_before_cancellation = True
    assert function(api).handler(dict(ARGUMENTS), context)["query_id"] == "id-1"


def test_a_statement_that_runs_after_its_cancellation_is_reported(function, context, monkeypatch):
    context.seconds, api = 20, DataApi("STARTED")
    module = function(api)
    monkeypatch.setattr(module.beside.statements, "CANCEL_SECONDS", 0)
    monkeypatch.setattr(api, "cancel_statement", lambda Id: None)  # noqa: N803
    with pytest.raises(module.beside.unloading.ExtractionFailed, match="is still running"):
        module.handler(dict(ARGUMENTS), context)


def test_the_running_statement_of_an_earlier_invocation_is_awaited(function, context):
    api = DataApi("STARTED", "STARTED", "FINISHED")
    module = function(api)
    module.beside.statements.start(
        api, ["extract", json.dumps(request_of(module))], lambda: 0, **request_of(module)
    )
    api.backdate()
    assert module.handler(dict(ARGUMENTS), context)["query_id"] == "id-1"
    assert len(api.started) == 1


@pytest.mark.parametrize("status", ["FINISHED", "FAILED", "ABORTED"])
def test_a_statement_that_has_ended_is_started_again(function, context, status):
    api = DataApi(status)
    module = function(api)
    module.beside.statements.start(
        api, ["extract", json.dumps(request_of(module))], lambda: 0, **request_of(module)
    )
    api.backdate()
    api.statuses = [status, "STARTED", "FINISHED"]
    assert module.handler(dict(ARGUMENTS), context)["query_id"] == "id-2"
    assert api.started[0] == api.started[1]


def test_work_that_a_caller_repeats_without_end_is_refused(function):
    api = DataApi("FINISHED")
    module = function(api)

    def start():
        module.beside.statements.start(api, ["daily", "sales"], lambda: 0, **request_of(module))
        api.backdate()

    for _ in range(50):
        start()
    with pytest.raises(RuntimeError, match="daily sales was started 50 times: find out which"):
        start()
    assert len(api.started) == 50


def request_of(module):
    """Return the request to the Data API for ARGUMENTS."""
    beside = module.beside
    extraction = beside.extraction.Extraction.read(ARGUMENTS, "lake")
    return beside.unloading.Warehouse(None, beside.unloading.Settings.read()).unloading(extraction)


@pytest.mark.parametrize(
    "code", ["ActiveStatementsExceededException", "BatchExecuteStatementException"]
)
def test_transient_errors_are_retried(function, context, code):
    api = DataApi(refused=[code] * 3)
    assert function(api).handler(dict(ARGUMENTS), context)["rows"] == "3"
    assert len(api.started) == 1


@pytest.mark.parametrize(
    ("seconds", "code"), [(20, "BatchExecuteStatementException"), (900, "ValidationException")]
)
def test_the_step_fails_if_the_statement_cannot_be_started(function, context, seconds, code):
    context.seconds, api = seconds, DataApi(refused=[code] * 9)
    module = function(api)
    with pytest.raises(
        module.beside.unloading.ExtractionFailed, match=f"nothing was unloaded: .*{code}"
    ):
        module.handler(dict(ARGUMENTS), context)
    assert len(api.refused) == 8


@pytest.mark.parametrize("manifest", [None, {"entries": [], "meta": {"record_count": 0}}])
def test_an_empty_result_fails_and_writes_no_manifest(function, context, manifest):
    module = function(DataApi(), manifest)
    with pytest.raises(
        module.beside.unloading.ExtractionFailed, match="no rows.*'day': '2008-01-01'"
    ):
        module.handler(dict(ARGUMENTS), context)
    assert module.services["s3"].written == {}


@pytest.mark.parametrize("manifest", [None, {"entries": [], "meta": {"record_count": 0}}])
def test_an_empty_result_of_a_step_that_requires_no_rows_says_so(function, context, manifest):
    module = function(DataApi(), manifest)
    outputs = module.handler({**ARGUMENTS, "rows_required": "OFF"}, context)
    assert (outputs["status"], outputs["rows"]) == ("NoRows", "0")
    assert module.services["s3"].written == {}


def test_rows_are_counted_without_the_header_of_each_file(function, context):
    """AWS' page on UNLOAD: "If the HEADER option is specified, the row count includes the header
    lines." https://docs.aws.amazon.com/redshift/latest/dg/r_UNLOAD.html
    """
    files = [{"url": f"{PREFIX}000{slice_}_part_00.csv.gz"} for slice_ in range(2)]
    module = function(DataApi(), {"entries": files, "meta": {"record_count": 5}})
    assert module.handler({**ARGUMENTS, "format": "CSV"}, context)["rows"] == "3"


REUSABLE = {**ARGUMENTS, "execution_id": "later", "fingerprint": "abc"}


def test_complete_files_of_the_same_rows_are_used_again(function, context):
    api = DataApi("FINISHED")
    module = function(api)
    first = module.handler(dict(REUSABLE), context)
    second = module.handler({**REUSABLE, "execution_id": "latest"}, context)
    assert (first["query_id"], second["query_id"]) == ("id-1", "reused")
    assert {**second, "query_id": "id-1"} == first
    assert len(api.started) == 1


def test_files_of_an_unload_that_the_function_did_not_see_finish_are_replaced(function, context):
    """UNLOAD has written its manifest; whether all files are complete then, no page of AWS says."""
    module = function(DataApi("FINISHED"), MANIFEST)
    assert module.handler(dict(REUSABLE), context)["query_id"] == "id-1"


def test_files_of_an_execution_are_never_used_again(function, context):
    module = function(DataApi(), MANIFEST)
    assert module.handler(dict(ARGUMENTS), context)["query_id"] == "id-1"


def step_message(**changes):
    return {
        "token": "a1b2c3d4e5",
        "pipelineExecutionArn": "arn",
        "arguments": ARGUMENTS,
        "status": "Executing",
        **changes,
    }


def process(module, body, sent=None):
    """Invoke the function with a message. Return False if the queue is to deliver it again."""
    sent = time.time() if sent is None else sent
    attributes = {"SentTimestamp": str(int(sent * 1000))}
    record = {"messageId": "m-1", "body": json.dumps(body), "attributes": attributes}
    event = {"Records": [record]}
    failures = module.queued(event, None)["batchItemFailures"]
    assert failures in ([], [{"itemIdentifier": "m-1"}])
    return not failures


def test_a_callback_step_is_started_polled_and_answered(function):
    api = DataApi("STARTED", "STARTED", "FINISHED")
    module = function(api)
    assert process(module, step_message())
    (following,) = module.services["sqs"].sent
    assert following["statement"] == "id-1"
    assert api.started[0]["StatementName"] == "extract-a1b2c3d4e5"
    assert not process(module, following)
    assert not process(module, following)
    assert process(module, following)
    answer = module.services["sagemaker"].answers["a1b2c3d4e5"]
    assert answer["manifest_uri"] == "s3://lake/unload/tickit/abc/Extract.manifest"
    assert answer["rows"] == "3"


def test_a_callback_step_is_answered_with_files_of_the_same_rows(function):
    module = function(DataApi())
    module.services["s3"].written["s3://lake/unload/tickit/abc/Extract.manifest"] = []
    assert process(module, step_message(arguments=REUSABLE))
    assert module.services["sagemaker"].answers["a1b2c3d4e5"]["query_id"] == "reused"
    assert module.services["sqs"].sent == []


def test_a_message_that_is_delivered_twice_starts_one_statement(function):
    api = DataApi("FINISHED")
    module = function(api)
    assert process(module, step_message())
    assert process(module, step_message())
    assert len(api.started) == 1
    first, second = module.services["sqs"].sent
    assert process(module, first)
    assert process(module, second)  # the token was answered: no retry


def test_a_failure_is_answered_with_the_error_of_the_database(function):
    module = function(DataApi("FAILED", error="division by zero " + "x" * 300))
    process(module, step_message())
    assert process(module, module.services["sqs"].sent[0])
    assert "FAILED: division by zero" in module.services["sagemaker"].answers["a1b2c3d4e5"]


def test_invalid_arguments_are_answered_at_once(function):
    module = function(DataApi())
    assert process(module, step_message(arguments={**ARGUMENTS, "s3_uri": "s3://lake/x/"}))
    assert "expected a prefix" in module.services["sagemaker"].answers["a1b2c3d4e5"]
    assert module.services["sqs"].sent == []


def test_a_permanent_error_is_answered(function):
    module = function(DataApi(refused=["AccessDeniedException"]))
    assert process(module, step_message())
    assert "AccessDeniedException" in module.services["sagemaker"].answers["a1b2c3d4e5"]


def test_a_transient_error_returns_the_message_to_the_queue(function):
    module = function(DataApi(refused=["ActiveStatementsExceededException"]))
    with pytest.raises(ClientError, match="ActiveStatementsExceeded"):
        process(module, step_message())
    assert module.services["sagemaker"].answers == {}
    assert process(module, step_message())
    assert len(module.services["sqs"].sent) == 1


@pytest.mark.parametrize(("code", "status"), [("SlowDown", 503), ("InternalError", 500)])
def test_a_transient_error_of_s3_returns_the_message_to_the_queue(
    function, monkeypatch, code, status
):
    module = function(DataApi("FINISHED"))
    process(module, step_message())
    (following,) = module.services["sqs"].sent

    def fail(**_names):
        raise client_error(code, status)

    with monkeypatch.context() as broken_s3:
        broken_s3.setattr(module.services["s3"], "get_object", fail)
        with pytest.raises(ClientError, match=code):
            process(module, following)
    assert module.services["sagemaker"].answers == {}
    assert process(module, following)
    assert module.services["sagemaker"].answers["a1b2c3d4e5"]["rows"] == "3"


def test_a_transient_error_is_answered_after_twelve_hours(function):
    module = function(DataApi(refused=["BatchExecuteStatementException"]))
    assert process(module, step_message(), sent=time.time() - 13 * 3600)
    answer = module.services["sagemaker"].answers["a1b2c3d4e5"]
    assert "BatchExecuteStatementException" in answer


def test_a_statement_that_is_too_old_is_cancelled(function):
    api = DataApi("STARTED")
    module = function(api)
    process(module, step_message())
    old = {**module.services["sqs"].sent[0], "started": 0}
    assert process(module, old)
    assert api.cancelled == ["id-1"]
    assert "more than 12 hours" in module.services["sagemaker"].answers["a1b2c3d4e5"]


def test_stopping_cancels_the_statement_and_its_message_answers(function):
    api = DataApi("STARTED")
    module = function(api)
    stop = step_message(status="Stopping")
    assert not process(
        module, stop
    )  # nothing to cancel yet: the order of the messages is not fixed
    process(module, step_message())
    assert process(module, stop)
    assert api.cancelled == ["id-1"]
    assert process(module, module.services["sqs"].sent[0])
    assert "ABORTED" in module.services["sagemaker"].answers["a1b2c3d4e5"]
