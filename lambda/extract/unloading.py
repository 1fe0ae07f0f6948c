"""Runs UNLOAD statements through the Data API and writes a manifest of their files."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import statements
from botocore.exceptions import ClientError
from bound_query import BoundQuery
from extraction import Extraction
from objects import exists, read_manifest, write_json

logger = logging.getLogger()
logger.setLevel(logging.INFO)

FOUND, NONE = "Found", "NoRows"  # values of the output `status`
REUSED = "reused"  # the output `query_id` without a statement


class ExtractionFailed(Exception):
    """The rows could not be unloaded; the message contains the error of the database."""


@dataclass(frozen=True)
class Settings:
    """The environment variables of the function.

    `connection` holds Data API parameters: ClusterIdentifier or WorkgroupName, Database, and DbUser
    or SecretArn unless the function logs in with its IAM role. `extracted_days` is the number of
    days after which the files of incremental extractions expire.
    """

    lake_bucket: str
    warehouse_role_arn: str
    connection: dict[str, str]
    extracted_days: int

    @classmethod
    def read(cls) -> Settings:
        """Read the settings from the environment."""
        return cls(
            lake_bucket=os.environ["LAKE_BUCKET"],
            warehouse_role_arn=os.environ["WAREHOUSE_ROLE_ARN"],
            connection=statements.connection(),
            extracted_days=int(os.environ["EXTRACTED_DAYS"]),
        )


@dataclass(frozen=True)
class Warehouse:
    """Runs extractions in the warehouse. `client` is a client of the Data API."""

    client: Any
    settings: Settings

    def start_once(self, name: str, request: dict[str, Any]) -> str:
        """Start a batch with this name, at most once. Return its id."""
        named = {**request, "StatementName": name}
        statement = statements.start_once(self.client, [name], lambda: 0.0, **named)
        logger.info("Statement %s is %s", statement, name)
        return statement

    def unload(self, extraction: Extraction, seconds_left: Callable[[], float]) -> str:
        """Run the extraction, wait for it, and return the id of its statement.

        Raises:
            ExtractionFailed: as `run`.
        """
        request = self.unloading(extraction)
        return self.run(["extract", json.dumps(request)], request, seconds_left)

    def run(
        self,
        work: Sequence[str],
        request: dict[str, Any],
        seconds_left: Callable[[], float],
        *,
        once: bool = False,
    ) -> str:
        """Run a batch for `work`, with `once` at most once. Wait for it, and return its id.

        Raises:
            ExtractionFailed: the batch could not be started, failed, was aborted, or was cancelled
                because it took too long.
        """
        start = statements.start_once if once else statements.start
        try:
            statement = start(self.client, work, seconds_left, **request)
        except ClientError as error:
            raise ExtractionFailed(f"nothing was unloaded: {error}") from error
        logger.info("Statement %s: %s", statement, work[0])
        try:
            statements.wait(self.client, statement, seconds_left)
        except (statements.StatementFailed, statements.CancellationTimeout) as error:
            raise ExtractionFailed(str(error)) from error
        except statements.StatementTimeout as error:
            raise ExtractionFailed(
                f"{error}: use a long extraction (a Callback step), which may take hours"
            ) from error
        return statement

    def has_finished(self, statement: str) -> bool:
        """Return whether the statement has finished.

        Raises:
            ExtractionFailed: the statement failed or was aborted.
        """
        try:
            return statements.has_finished(self.client, statement)
        except statements.StatementFailed as error:
            raise ExtractionFailed(str(error)) from error

    def unloading(self, extraction: Extraction) -> dict[str, Any]:
        """Return the request to the Data API that unloads all rows of an extraction."""
        sqls = extraction.statements(self.settings.warehouse_role_arn)
        return self.request(sqls, extraction.bound)

    def request(self, sqls: Sequence[str], bound: BoundQuery) -> dict[str, Any]:
        """Return the request to the Data API that runs statements with the values of a query."""
        return {"Sqls": list(sqls), **bound.parameters, **self.settings.connection}


def earlier_outputs(s3: Any, extraction: Extraction) -> dict[str, str] | None:
    """Return the outputs of an earlier run that unloaded the same rows to the same location.

    The manifest for SageMaker is written after UNLOAD has finished, so its files are complete.
    """
    if not extraction.reusable or not exists(s3, extraction.manifest_uri):
        return None
    logger.info("The rows are in %s", extraction.s3_uri)
    return step_outputs(s3, extraction, REUSED)


def step_outputs(s3: Any, extraction: Extraction, statement: str) -> dict[str, str]:
    """Write a manifest for SageMaker and return the outputs of the step.

    The manifest lists exactly the files that UNLOAD wrote, so other objects under the prefix are
    never read as data.

    Raises:
        ExtractionFailed: the query returned no rows, and the step requires rows.
    """
    manifest = read_manifest(s3, extraction.s3_uri)
    entries = manifest.get("entries", ())
    lines = manifest["meta"]["record_count"] if manifest else 0
    return finished(
        s3,
        extraction,
        extraction.s3_uri,
        [entry["url"].removeprefix(extraction.s3_uri) for entry in entries],
        rows=rows_of(extraction, lines, files=len(entries)),
        query_id=statement,
    )


def finished(
    s3: Any,
    extraction: Extraction,
    location: str,
    files: Sequence[str],
    *,
    rows: int,
    query_id: str,
) -> dict[str, str]:
    """Write a manifest for SageMaker of files below `location`; return the outputs of the step.

    Without rows there is no manifest.

    Raises:
        ExtractionFailed: there are no rows, and the step requires rows.
    """
    outputs = {
        "s3_uri": location,
        "manifest_uri": extraction.manifest_uri,
        "rows": str(rows),
        "query_id": query_id,
    }
    # A step has this output only if its definition declares it.
    if not extraction.rows_required:
        outputs["status"] = FOUND if rows else NONE
        if rows == 0:
            return outputs
    if rows == 0:
        raise ExtractionFailed(
            f"the query returned no rows (statement {query_id}): "
            f"check the tables and the values {dict(extraction.bound.values)}"
        )
    write_json(s3, extraction.manifest_uri, [{"prefix": location}, *files])
    return outputs


def rows_of(extraction: Extraction, lines: int, *, files: int) -> int:
    """Return the rows without the header lines, which UNLOAD counts: one in each file.

    https://docs.aws.amazon.com/redshift/latest/dg/r_UNLOAD.html, MANIFEST VERBOSE
    """
    return lines - files if extraction.has_header else lines
