"""Lambda step that loads the predictions of an execution from the lake into a warehouse table.

One transaction copies the files into a temporary table, verifies the number of rows, deletes the
rows that the same execution loaded before, and inserts the new rows. Values are bound as
parameters. Names and the S3 URI are validated and then become part of the SQL text.
"""

from __future__ import annotations

import json
import logging
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError
from clients import client
from deadline import seconds_left
from statements import (
    CancellationTimeout,
    StatementFailed,
    StatementTimeout,
    connection,
    start,
    wait,
)

logger = logging.getLogger()
logger.setLevel(logging.INFO)

ARGUMENTS = {"s3_uri", "rows", "execution_id", "model_package_arn", "table", "columns"}
# The arguments that are bound as parameters.
PARAMETERS = ("execution_id", "model_package_arn", "rows")
NAME = r"[a-z_][a-z0-9_]*"


class LoadRefused(ValueError):
    """An argument is not valid; the message says what is expected."""


class LoadFailed(Exception):
    """The predictions could not be loaded; the message contains the error of the database."""


@dataclass(frozen=True)
class Settings:
    """The environment variables of the function.

    `pipeline` is the pipeline whose files are loaded. `connection` holds the Data API parameters
    that identify the warehouse and the database user.
    """

    pipeline: str
    lake_bucket: str
    warehouse_role_arn: str
    connection: dict[str, str]

    @classmethod
    def read(cls) -> Settings:
        """Read the settings from the environment."""
        return cls(
            pipeline=os.environ["PIPELINE"],
            lake_bucket=os.environ["LAKE_BUCKET"],
            warehouse_role_arn=os.environ["WAREHOUSE_ROLE_ARN"],
            connection=connection(),
        )


@dataclass(frozen=True)
class Load:
    """A validated request. `s3_uri` is a prefix of the execution and ends with `/`."""

    s3_uri: str
    table: str
    columns: tuple[str, ...]
    values: dict[str, str]

    @classmethod
    def read(cls, arguments: dict[str, Any], settings: Settings) -> Load:
        """Validate the arguments of a step.

        Raises:
            LoadRefused: the arguments are incomplete, unknown or not valid.
        """
        texts = {name: str(value) for name, value in arguments.items()}
        if texts.keys() != ARGUMENTS:
            raise LoadRefused(f"the arguments are {sorted(texts)}, expected {sorted(ARGUMENTS)}")
        _require(r"\w+", texts, "execution_id", "an execution id")
        prefix = f"s3://{settings.lake_bucket}/runs/{settings.pipeline}/{texts['execution_id']}"
        _require(
            rf"{re.escape(prefix)}/[\w-]+/[\w-]+/?", texts, "s3_uri", f"an output under {prefix}/"
        )
        _require(r"[1-9]\d*", texts, "rows", "a number of rows, at least 1")
        _require(rf"(?:{NAME}\.)?{NAME}", texts, "table", "a lower-case table name")
        _require(
            rf"{NAME}(?:,{NAME})*", texts, "columns", "lower-case column names, separated by commas"
        )
        return cls(
            s3_uri=texts["s3_uri"].rstrip("/") + "/",
            table=texts["table"],
            columns=tuple(texts["columns"].split(",")),
            values={name: texts[name] for name in PARAMETERS},
        )

    def statements(self, role_arn: str) -> list[str]:
        """Return the SQL statements of one transaction.

        If the number of rows is wrong, the third statement casts an error message to a number. The
        cast fails, so the transaction is rolled back with this message.
        """
        columns = ", ".join(self.columns)
        return [
            # CREATE TABLE (LIKE …) would include NOT NULL columns that are not in the files.
            f"CREATE TEMPORARY TABLE scored AS SELECT {columns} FROM {self.table} WHERE 1 = 0",
            # A model of an earlier release writes no last column, outside_training.
            f"COPY scored ({columns}) FROM '{self.s3_uri}' IAM_ROLE '{role_arn}' FORMAT AS CSV "
            "FILLRECORD",
            "SELECT CASE WHEN COUNT(*) = CAST(:rows AS BIGINT) THEN 0 ELSE CAST("
            "'the files hold ' || CAST(COUNT(*) AS VARCHAR) || ' rows, not ' || :rows AS INTEGER"
            ") END FROM scored",
            f"DELETE FROM {self.table} WHERE execution_id = :execution_id",
            f"INSERT INTO {self.table} (execution_id, model_package_arn, scored_at, {columns}) "
            f"SELECT :execution_id, :model_package_arn, GETDATE(), {columns} FROM scored",
        ]


def _require(pattern: str, texts: dict[str, str], name: str, expected: str) -> None:
    if not re.fullmatch(pattern, texts[name]):
        raise LoadRefused(f"{name} is {texts[name]!r}, expected {expected}")


def run(client: Any, settings: Settings, load: Load, seconds_left: Callable[[], float]) -> None:
    """Run the transaction and wait for it.

    Raises:
        LoadFailed: the transaction failed and was rolled back; or it could not be cancelled in
            time, and the message says that it may still be committed.
    """
    request = {
        "Sqls": load.statements(settings.warehouse_role_arn),
        "Parameters": [{"name": name, "value": value} for name, value in load.values.items()],
        **settings.connection,
    }
    try:
        statement = start(client, ["load", json.dumps(request)], seconds_left, **request)
    except ClientError as error:
        raise LoadFailed(f"nothing was loaded: {error}") from error
    logger.info("Statement %s loads %s into %s", statement, load.s3_uri, load.table)
    try:
        wait(client, statement, seconds_left)
    except StatementFailed as error:
        raise LoadFailed(str(error)) from error
    except StatementTimeout as error:
        raise LoadFailed(f"{error}: nothing was loaded") from error
    except CancellationTimeout as error:
        raise LoadFailed(
            f"{error}: it may still load the predictions; retry the execution, which replaces them"
        ) from error


def handler(event: dict[str, Any], context: Any) -> dict[str, str]:
    """Handle a Lambda step. An exception fails the step with its message."""
    settings = Settings.read()
    load = Load.read(event, settings)
    run(client("redshift-data"), settings, load, lambda: seconds_left(context))
    return {"rows": load.values["rows"]}
