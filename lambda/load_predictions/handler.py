"""Copies the predictions of an execution from the lake into a table of the warehouse.

One transaction: the files are copied into a temporary table, their rows are counted, the rows that
the execution has loaded before go, and the new ones come. Values are bound by the database; names
and the place of the files are put into SQL only after they were found to be nothing else.
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
from statements import DoesNotStop, StatementFailed, TookTooLong, start, target, wait

logger = logging.getLogger()
logger.setLevel(logging.INFO)

ARGUMENTS = {"s3_uri", "rows", "execution_id", "model_package_arn", "table", "columns"}
# The values that the statements bind.
BOUND = ("execution_id", "model_package_arn", "rows")
NAME = r"[a-z_][a-z0-9_]*"


class LoadRefused(ValueError):
    """A request that must not be carried out; the message says what is allowed."""


class LoadFailed(Exception):
    """The predictions could not be loaded; the message holds what the database says."""


@dataclass(frozen=True)
class Settings:
    """The environment variables of the function.

    `target` is what the Data API calls the warehouse and its user; `pipeline` is the one whose
    files are loaded.
    """

    pipeline: str
    lake_bucket: str
    warehouse_role_arn: str
    target: dict[str, str]

    @classmethod
    def read(cls) -> Settings:
        """The settings of this process."""
        return cls(
            pipeline=os.environ["PIPELINE"],
            lake_bucket=os.environ["LAKE_BUCKET"],
            warehouse_role_arn=os.environ["WAREHOUSE_ROLE_ARN"],
            target=target(),
        )


@dataclass(frozen=True)
class Load:
    """A checked request; `s3_uri` is a prefix of the execution's own and ends with a slash."""

    s3_uri: str
    table: str
    columns: tuple[str, ...]
    values: dict[str, str]

    @classmethod
    def read(cls, arguments: dict[str, Any], settings: Settings) -> Load:
        """Check the arguments of a step; raises LoadRefused."""
        texts = {name: str(value) for name, value in arguments.items()}
        if texts.keys() != ARGUMENTS:
            raise LoadRefused(f"the arguments are {sorted(texts)}: give {sorted(ARGUMENTS)}")
        _require(r"\w+", texts, "execution_id", "the id of an execution")
        place = f"s3://{settings.lake_bucket}/runs/{settings.pipeline}/{texts['execution_id']}"
        _require(
            rf"{re.escape(place)}/[\w-]+/[\w-]+/?", texts, "s3_uri", f"an output below {place}/"
        )
        _require(r"[1-9]\d*", texts, "rows", "a number of rows, at least 1")
        _require(rf"(?:{NAME}\.)?{NAME}", texts, "table", "a table's name in lower case")
        _require(rf"{NAME}(?:,{NAME})*", texts, "columns", "names of columns, with commas between")
        return cls(
            s3_uri=texts["s3_uri"].rstrip("/") + "/",
            table=texts["table"],
            columns=tuple(texts["columns"].split(",")),
            values={name: texts[name] for name in BOUND},
        )

    def statements(self, role_arn: str) -> list[str]:
        """SQL to be run in one transaction.

        A count that differs from what was asked for is cast to a number with the words that say
        so, which ends the transaction with them.
        """
        columns = ", ".join(self.columns)
        return [
            # Without the table's constraints: the columns that are not in the files come later.
            f"CREATE TEMPORARY TABLE scored AS SELECT {columns} FROM {self.table} WHERE 1 = 0",
            f"COPY scored ({columns}) FROM '{self.s3_uri}' IAM_ROLE '{role_arn}' FORMAT AS CSV",
            "SELECT CASE WHEN COUNT(*) = CAST(:rows AS BIGINT) THEN 0 ELSE CAST("
            "'the files hold ' || CAST(COUNT(*) AS VARCHAR) || ' rows, not ' || :rows AS INTEGER"
            ") END FROM scored",
            f"DELETE FROM {self.table} WHERE execution_id = :execution_id",
            f"INSERT INTO {self.table} (execution_id, model_package_arn, scored_at, {columns}) "
            f"SELECT :execution_id, :model_package_arn, GETDATE(), {columns} FROM scored",
        ]


def _require(pattern: str, texts: dict[str, str], name: str, allowed: str) -> None:
    if not re.fullmatch(pattern, texts[name]):
        raise LoadRefused(f"{name} is {texts[name]!r}: allowed is {allowed}")


def run(client: Any, settings: Settings, load: Load, seconds_left: Callable[[], float]) -> None:
    """Run the transaction to its end; raises LoadFailed, and then nothing has changed.

    Unless a transaction that took too long could not be stopped: the message says so.
    """
    request = {
        "Sqls": load.statements(settings.warehouse_role_arn),
        "Parameters": [{"name": name, "value": value} for name, value in load.values.items()],
        **settings.target,
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
    except TookTooLong as error:
        raise LoadFailed(f"{error}: nothing was loaded") from error
    except DoesNotStop as error:
        raise LoadFailed(
            f"{error}: all may still be loaded; retry the run, which replaces what it has loaded"
        ) from error


def handler(event: dict[str, Any], context: Any) -> dict[str, str]:
    """Carry out the loading of a Lambda step; raises what is to be the step's failure."""
    settings = Settings.read()
    load = Load.read(event, settings)
    run(client("redshift-data"), settings, load, lambda: seconds_left(context))
    return {"rows": load.values["rows"]}
