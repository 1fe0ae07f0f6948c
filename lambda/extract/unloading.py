"""Runs UNLOAD statements through the Data API and writes a manifest of their files."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import statements
from botocore.exceptions import ClientError
from extraction import Extraction

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
    or SecretArn unless the function logs in with its IAM role.
    """

    lake_bucket: str
    warehouse_role_arn: str
    connection: dict[str, str]

    @classmethod
    def read(cls) -> Settings:
        """Read the settings from the environment."""
        return cls(
            lake_bucket=os.environ["LAKE_BUCKET"],
            warehouse_role_arn=os.environ["WAREHOUSE_ROLE_ARN"],
            connection=statements.connection(),
        )


@dataclass(frozen=True)
class Warehouse:
    """Runs extractions in the warehouse. `client` is a client of the Data API."""

    client: Any
    settings: Settings

    def start_once(self, name: str, extraction: Extraction) -> str:
        """Start the extraction as a statement with this name, at most once. Return its id."""
        request = {**self._request(extraction), "StatementName": name}
        statement = statements.start_once(self.client, [name], lambda: 0.0, **request)
        logger.info("Statement %s unloads to %s", statement, extraction.s3_uri)
        return statement

    def unload(self, extraction: Extraction, seconds_left: Callable[[], float]) -> str:
        """Run the extraction, wait for it, and return the id of its statement.

        Raises:
            ExtractionFailed: the statement could not be started, failed, was aborted, or was
                cancelled because it took too long.
        """
        request = self._request(extraction)
        try:
            work = ["extract", json.dumps(request)]
            statement = statements.start(self.client, work, seconds_left, **request)
        except ClientError as error:
            raise ExtractionFailed(f"nothing was unloaded: {error}") from error
        logger.info("Statement %s unloads to %s", statement, extraction.s3_uri)
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

    def _request(self, extraction: Extraction) -> dict[str, Any]:
        sqls = extraction.statements(self.settings.warehouse_role_arn)
        return {"Sqls": sqls, **extraction.bound.parameters, **self.settings.connection}


def earlier_outputs(s3: Any, extraction: Extraction) -> dict[str, str] | None:
    """Return the outputs of an earlier run that unloaded the same rows to the same location.

    The manifest for SageMaker is written after UNLOAD has finished, so its files are complete.
    """
    if not extraction.reusable or not _exists(s3, extraction.manifest_uri):
        return None
    logger.info("The rows are in %s", extraction.s3_uri)
    return step_outputs(s3, extraction, REUSED)


def step_outputs(s3: Any, extraction: Extraction, statement: str) -> dict[str, str]:
    """Write a manifest for SageMaker and return the outputs of the step.

    The manifest lists exactly the files that UNLOAD wrote, so other objects under the prefix are
    never read as data. Without rows there is no manifest.

    Raises:
        ExtractionFailed: the query returned no rows, and the step requires rows.
    """
    manifest = _read_manifest(s3, f"{extraction.s3_uri}manifest")
    rows = _count_rows(manifest, extraction) if manifest else 0
    outputs = {
        "s3_uri": extraction.s3_uri,
        "manifest_uri": extraction.manifest_uri,
        "rows": str(rows),
        "query_id": statement,
    }
    # A step has this output only if its definition declares it.
    if not extraction.rows_required:
        outputs["status"] = FOUND if rows else NONE
        if rows == 0:
            return outputs
    if rows == 0:
        raise ExtractionFailed(
            f"the query returned no rows (statement {statement}): "
            f"check the tables and the values {dict(extraction.bound.values)}"
        )
    files = [entry["url"].removeprefix(extraction.s3_uri) for entry in manifest["entries"]]
    body = json.dumps([{"prefix": extraction.s3_uri}, *files])
    target = _bucket_and_key(extraction.manifest_uri)
    s3.put_object(**target, Body=body.encode(), ContentType="application/json")
    return outputs


def _count_rows(manifest: dict[str, Any], extraction: Extraction) -> int:
    """Return the rows without the header lines, which UNLOAD counts: one in each file.

    https://docs.aws.amazon.com/redshift/latest/dg/r_UNLOAD.html, MANIFEST VERBOSE
    """
    lines: int = manifest["meta"]["record_count"]
    return lines - len(manifest["entries"]) if extraction.has_header else lines


def _exists(s3: Any, uri: str) -> bool:
    """Return whether an object exists, which the function may list but not read."""
    place = _bucket_and_key(uri)
    found = s3.list_objects_v2(Bucket=place["Bucket"], Prefix=place["Key"], MaxKeys=1)
    return any(each["Key"] == place["Key"] for each in found.get("Contents", ()))


def _read_manifest(s3: Any, uri: str) -> dict[str, Any]:
    """Return the manifest of UNLOAD, or an empty one: without rows UNLOAD writes no manifest."""
    try:
        response = s3.get_object(**_bucket_and_key(uri))
    except s3.exceptions.NoSuchKey:
        return {}
    return dict(json.loads(response["Body"].read()))


def _bucket_and_key(uri: str) -> dict[str, str]:
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return {"Bucket": bucket, "Key": key}
