"""The warehouse behind the Data API, and what it leaves in the lake."""

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
        return cls(os.environ["LAKE_BUCKET"], os.environ["WAREHOUSE_ROLE_ARN"], statements.target())


@dataclass(frozen=True)
class Warehouse:
    """The warehouse behind the Data API."""

    client: Any
    settings: Settings

    def start_for(self, name: str, extraction: Extraction) -> str:
        """Start the extraction once for that name; the statement, which has it, by its id."""
        request = {**self._request(extraction), "StatementName": name}
        statement = statements.start_once(self.client, [name], lambda: 0.0, **request)
        logger.info("Statement %s unloads to %s", statement, extraction.s3_uri)
        return statement

    def unload(self, extraction: Extraction, seconds_left: Callable[[], float]) -> str:
        """Carry the extraction out while somebody waits, and give the statement's id.

        Raises ExtractionFailed unless the statement ended well; one that takes too long is
        cancelled.
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
        except (statements.StatementFailed, statements.DoesNotStop) as error:
            raise ExtractionFailed(str(error)) from error
        except statements.TookTooLong as error:
            raise ExtractionFailed(
                f"{error}: make the extraction a long one, which goes by a queue"
            ) from error
        return statement

    def has_finished(self, statement: str) -> bool:
        """Whether it is over; raises ExtractionFailed unless it ended well."""
        try:
            return statements.has_finished(self.client, statement)
        except statements.StatementFailed as error:
            raise ExtractionFailed(str(error)) from error

    def _request(self, extraction: Extraction) -> dict[str, Any]:
        values = [{"name": name, "value": value} for name, value in extraction.values.items()]
        bound = {"Parameters": values} if values else {}
        sqls = extraction.statements(self.settings.warehouse_role_arn)
        return {"Sqls": sqls, **bound, **self.settings.target}


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
