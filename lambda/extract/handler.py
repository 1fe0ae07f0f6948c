"""Unloads the rows of a query from the warehouse to the lake, for one step of one execution.

`handler` is called by a Lambda step and waits for the end. `queued` reads the queue of Callback
steps: it starts a statement, looks at it again whenever the queue gives its message back, and
answers the step's token. A query's `:name`s are bound by the database, never put into its text.
"""

from __future__ import annotations

import json
import logging
import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.exceptions import ClientError

logger = logging.getLogger()
logger.setLevel(logging.INFO)

ARGUMENTS = {"query", "s3_uri", "execution_id", "format", "partition_by", "parallel"}
FORMATS = {
    "PARQUET": "FORMAT PARQUET",
    "CSV": "FORMAT CSV HEADER GZIP",
    "CSV_WITHOUT_HEADER": "FORMAT CSV GZIP",
}
ACTIVE = ("SUBMITTED", "PICKED", "STARTED")
ANSWER_SECONDS = 20  # kept back, so that a statement that takes too long can be cancelled
LOOK_AGAIN_SECONDS = 5
LONGEST_QUEUED_SECONDS = 12 * 3600
# What SageMaker says of a token that was answered already, or whose execution is gone.
ANSWERED = ("ValidationException", "ResourceNotFound", "ResourceNotFoundException")
# Refusals that pass by themselves: the queue brings the message again.
PASSING = (
    "ActiveStatementsExceededException",
    "InternalServerException",
    "ServiceUnavailable",
    "ThrottlingException",
)
REASON_CHARACTERS = 256  # FailureReason of SendPipelineExecutionStepFailure
VALUE = "value_"  # how the arguments that hold bound values begin, and the columns that they fill
BOUND = "bound_values"
# What stands for itself in SQL (literals, quoted names, comments, casts), and a parameter.
_PIECES = re.compile(
    r"'(?:[^'\\]|\\.|'')*'|\"[^\"]*\"|\$(\w*)\$.*?\$\1\$|--[^\n]*|/\*.*?\*/|::"
    r"|:(?P<name>[A-Za-z]\w*)",
    re.DOTALL,
)


class ExtractionRefused(ValueError):
    """A request that must not be carried out; the message says what is allowed."""


class ExtractionFailed(Exception):
    """The rows could not be unloaded; the message holds what the database says."""


@dataclass(frozen=True)
class Settings:
    """The environment variables of the function.

    `target` is what the Data API calls the warehouse and its user: ClusterIdentifier or
    WorkgroupName, Database, and DbUser or SecretArn where the user is not the function's own role.
    """

    lake_bucket: str
    warehouse_role_arn: str
    target: dict[str, str]

    @classmethod
    def read(cls) -> Settings:
        """The settings of this process."""
        names = {
            "CLUSTER_IDENTIFIER": "ClusterIdentifier",
            "WORKGROUP_NAME": "WorkgroupName",
            "DATABASE": "Database",
            "DB_USER": "DbUser",
            "SECRET_ARN": "SecretArn",
        }
        target = {name: os.environ[key] for key, name in names.items() if key in os.environ}
        return cls(os.environ["LAKE_BUCKET"], os.environ["WAREHOUSE_ROLE_ARN"], target)


@dataclass(frozen=True)
class Extraction:
    """A checked request; `s3_uri` is a prefix of the execution's own and ends with a slash."""

    query: str
    s3_uri: str
    values: dict[str, str]
    format: str
    partition_by: str
    parallel: str

    @classmethod
    def read(cls, arguments: dict[str, Any], lake_bucket: str) -> Extraction:
        """Check the arguments of a step; raises ExtractionRefused."""
        texts = {name: str(value) for name, value in arguments.items()}
        missing = sorted(ARGUMENTS - texts.keys())
        if missing:
            raise ExtractionRefused(
                f"the arguments lack {missing}: give all of {sorted(ARGUMENTS)}"
            )
        prefix = (
            rf"s3://{re.escape(lake_bucket)}/unload/[\w-]+/{re.escape(texts['execution_id'])}/\w+/"
        )
        _require(prefix, texts, "s3_uri", f"a prefix of execution {texts['execution_id']}")
        _require("|".join(FORMATS), texts, "format", " or ".join(FORMATS))
        _require(r"(?:[a-z_][a-z0-9_]*)?", texts, "partition_by", "a column's name or nothing")
        _require("ON|OFF", texts, "parallel", "ON or OFF")
        values = {name[len(VALUE) :]: v for name, v in texts.items() if name.startswith(VALUE)}
        for name in values:
            _require(r"[a-z][a-z0-9_]*", {"name": name}, "name", "a name in lower case")
        fixed = {name: texts[name] for name in ("query", "s3_uri", "format", "parallel")}
        return cls(**fixed, values=values, partition_by=texts["partition_by"])

    def statements(self, role_arn: str) -> list[str]:
        """SQL to be run in one session: the values into a temporary table, then the UNLOAD.

        Parameters do not reach into the quoted query of an UNLOAD, a table of the session does.
        """
        query = self._bound_query()
        unload = (
            f"UNLOAD ({quoted(query)}) TO {quoted(self.s3_uri)} IAM_ROLE {quoted(role_arn)} "
            f"{FORMATS[self.format]} PARALLEL {self.parallel} MANIFEST VERBOSE ENCRYPTED AUTO "
            "CLEANPATH"
        )
        if self.partition_by:
            unload += f" PARTITION BY ({self.partition_by}) INCLUDE"
        if not self.values:
            return [unload]
        columns = ", ".join(f"{VALUE}{name} VARCHAR(65535)" for name in self.values)
        parameters = ", ".join(f":{name}" for name in self.values)
        table = f"CREATE TEMPORARY TABLE {BOUND} ({columns})"
        return [table, f"INSERT INTO {BOUND} VALUES ({parameters})", unload]

    def _bound_query(self) -> str:
        """The query with every `:name` outside of literals and comments read from the table."""
        used: set[str] = set()

        def replace(piece: re.Match[str]) -> str:
            if piece["name"] is None:
                return piece[0]
            used.add(piece["name"])
            return f"(SELECT {VALUE}{piece['name']} FROM {BOUND})"

        query = _PIECES.sub(replace, self.query.strip().rstrip(";"))
        if used != set(self.values):
            raise ExtractionRefused(
                f"the query's parameters are {sorted(used)}, the values given are for "
                f"{sorted(self.values)}: give one value for each parameter and no other"
            )
        return query


def quoted(text: str) -> str:
    """A literal of Redshift, in which the backslash escapes: UNLOAD takes its query as one."""
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def _require(pattern: str, texts: dict[str, str], name: str, allowed: str) -> None:
    if not re.fullmatch(pattern, texts[name]):
        raise ExtractionRefused(f"{name} is {texts[name]!r}: allowed is {allowed}")


@dataclass(frozen=True)
class Warehouse:
    """The warehouse behind the Data API."""

    client: Any
    settings: Settings

    def start(self, extraction: Extraction, **options: Any) -> str:
        """Start the extraction and give the statement's id."""
        values = [{"name": name, "value": value} for name, value in extraction.values.items()]
        bound = {"Parameters": values} if values else {}
        answer = self.client.batch_execute_statement(
            Sqls=extraction.statements(self.settings.warehouse_role_arn),
            **bound,
            **options,
            **self.settings.target,
        )
        logger.info("Statement %s unloads to %s", answer["Id"], extraction.s3_uri)
        return str(answer["Id"])

    def has_finished(self, statement: str) -> bool:
        """Whether it is over; raises ExtractionFailed unless it ended well."""
        described = self.client.describe_statement(Id=statement)
        if described["Status"] in ACTIVE:
            return False
        if described["Status"] != "FINISHED":
            raise ExtractionFailed(f"statement {statement} is {_error(described)}")
        return True

    def wait(self, statement: str, seconds_left: Callable[[], float]) -> None:
        """Wait for the end, and cancel the statement when there is no time left."""
        pause = 0.1
        while not self.has_finished(statement):
            if seconds_left() < pause:
                self.client.cancel_statement(Id=statement)
                raise ExtractionFailed(
                    f"statement {statement} took longer than a Lambda step may wait and was "
                    "cancelled: make the extraction a long one, which goes by a queue"
                )
            time.sleep(pause)
            pause = min(pause * 2, 5.0)


def _error(described: dict[str, Any]) -> str:
    """The status and what the database says, of the part of the batch that failed."""
    parts = [part for part in described.get("SubStatements", []) if part["Status"] == "FAILED"]
    said = [place["Error"] for place in (*parts, described) if place.get("Error")]
    return ": ".join([described["Status"], *said[:1]])


def outputs(s3: Any, extraction: Extraction, statement: str) -> dict[str, str]:
    """What the step gives to those after it; raises ExtractionFailed when there are no rows.

    UNLOAD's own list of files becomes one that SageMaker reads: what else may lie under the prefix
    can never be taken for data.
    """
    manifest = _read_manifest(s3, f"{extraction.s3_uri}manifest")
    rows = manifest["meta"]["record_count"] if manifest else 0
    if rows == 0:
        raise ExtractionFailed(
            f"the query returned no rows (statement {statement}): there is nothing to go on with; "
            f"check the tables and the values {extraction.values}"
        )
    files = [entry["url"].removeprefix(extraction.s3_uri) for entry in manifest["entries"]]
    manifest_uri = f"{extraction.s3_uri.rstrip('/')}.manifest"
    body = json.dumps([{"prefix": extraction.s3_uri}, *files])
    s3.put_object(**_place(manifest_uri), Body=body.encode(), ContentType="application/json")
    return {
        "s3_uri": extraction.s3_uri,
        "manifest_uri": manifest_uri,
        "rows": str(rows),
        "query_id": statement,
    }


def _read_manifest(s3: Any, uri: str) -> dict[str, Any]:
    """The manifest, or nothing: without rows UNLOAD writes none."""
    try:
        answer = s3.get_object(**_place(uri))
    except s3.exceptions.NoSuchKey:
        return {}
    return dict(json.loads(answer["Body"].read()))


def _place(uri: str) -> dict[str, str]:
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return {"Bucket": bucket, "Key": key}


def handler(event: dict[str, Any], context: Any) -> dict[str, str]:
    """Carry out the extraction of a Lambda step; raises what is to be the step's failure."""
    settings = Settings.read()
    extraction = Extraction.read(event, settings.lake_bucket)
    warehouse = Warehouse(boto3.client("redshift-data"), settings)
    statement = warehouse.start(extraction)
    seconds = context.get_remaining_time_in_millis
    warehouse.wait(statement, lambda: seconds() / 1000 - ANSWER_SECONDS)
    return outputs(boto3.client("s3"), extraction, statement)


@dataclass(frozen=True)
class Queue:
    """Callback steps: `sagemaker` takes the answers, `sqs` and `url` are the queue's own."""

    warehouse: Warehouse
    sagemaker: Any
    s3: Any
    sqs: Any
    url: str

    def advance(self, body: dict[str, Any]) -> bool:
        """Take a step's message one step further; whether that was its last.

        A message that begins becomes one that names its statement, and that one is looked at again
        and again. Stopping cancels the statement, whose message then answers.
        """
        token = body["token"]
        try:
            extraction = Extraction.read(body["arguments"], self.warehouse.settings.lake_bucket)
            if body["status"] == "Stopping":
                return self._cancel(token)
            if "statement" not in body:
                self._begin(body, extraction)
                return True
            if not self._has_finished(body):
                return False
            self._answer(token, outputs(self.s3, extraction, body["statement"]))
        except (ExtractionRefused, ExtractionFailed, ClientError) as error:
            if _code(error) in PASSING:
                raise
            self._answer(token, None, str(error))
        return True

    def _begin(self, body: dict[str, Any], extraction: Extraction) -> None:
        """Start the statement; a message that comes twice finds it running."""
        name = _statement_name(body["token"])
        statement = self.warehouse.start(extraction, StatementName=name, ClientToken=name)
        following = {**body, "statement": statement, "started": int(time.time())}
        self.sqs.send_message(
            QueueUrl=self.url, MessageBody=json.dumps(following), DelaySeconds=LOOK_AGAIN_SECONDS
        )

    def _has_finished(self, body: dict[str, Any]) -> bool:
        """As the warehouse says; a statement that is too old is cancelled, and fails."""
        if self.warehouse.has_finished(body["statement"]):
            return True
        if time.time() - body["started"] < LONGEST_QUEUED_SECONDS:
            return False
        self.warehouse.client.cancel_statement(Id=body["statement"])
        hours = LONGEST_QUEUED_SECONDS // 3600
        raise ExtractionFailed(
            f"statement {body['statement']} took longer than {hours} hours and was cancelled"
        )

    def _cancel(self, token: str) -> bool:
        """Cancel the step's statement; False until there is one to cancel."""
        found = self.warehouse.client.list_statements(
            StatementName=_statement_name(token), Status="ALL"
        )["Statements"]
        for statement in found:
            if statement["Status"] in ACTIVE:
                self.warehouse.client.cancel_statement(Id=statement["Id"])
        return bool(found)

    def _answer(self, token: str, given: dict[str, str] | None, reason: str = "") -> None:
        """End the step; whatever answered it before was right too."""
        try:
            if given is None:
                logger.warning("%s", reason)
                self.sagemaker.send_pipeline_execution_step_failure(
                    CallbackToken=token, FailureReason=reason[:REASON_CHARACTERS]
                )
            else:
                parameters = [{"Name": name, "Value": value} for name, value in given.items()]
                self.sagemaker.send_pipeline_execution_step_success(
                    CallbackToken=token, OutputParameters=parameters
                )
        except ClientError as error:
            if _code(error) not in ANSWERED:
                raise
            logger.warning("The token %s takes no answer: %s", token, error)


def _statement_name(token: str) -> str:
    return f"extract-{token}"


def _code(error: Exception) -> str:
    """AWS's name of a refusal; nothing for errors of our own."""
    return str(error.response["Error"]["Code"]) if isinstance(error, ClientError) else ""


def queued(event: dict[str, Any], context: Any) -> dict[str, list[dict[str, str]]]:
    """Take the queue's messages further; those named in the answer come again."""
    warehouse = Warehouse(boto3.client("redshift-data"), Settings.read())
    queue = Queue(
        warehouse,
        boto3.client("sagemaker"),
        boto3.client("s3"),
        boto3.client("sqs"),
        os.environ["QUEUE_URL"],
    )
    again = [
        {"itemIdentifier": record["messageId"]}
        for record in event["Records"]
        if not queue.advance(json.loads(record["body"]))
    ]
    return {"batchItemFailures": again}
