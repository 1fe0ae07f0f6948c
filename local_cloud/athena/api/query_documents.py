"""Queries and their results in the format of the API."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from local_cloud.athena.api.exceptions import InvalidRequestError
from local_cloud.athena.api.query_execution import QueryExecution
from local_cloud.athena.s3 import result_file
from local_cloud.athena.s3.lake_objects import location

_MAX_ROWS = 1000


def query_document(query: QueryExecution) -> dict[str, Any]:
    """Return a query in the format of GetQueryExecution."""
    request, statement = query.request, query.statement
    status: dict[str, Any] = {
        "State": query.state,
        "SubmissionDateTime": query.submitted.timestamp(),
    }
    if query.reason is not None:
        status["StateChangeReason"] = query.reason
    milliseconds = 0
    if query.completed is not None:
        status["CompletionDateTime"] = query.completed.timestamp()
        milliseconds = round((query.completed - query.submitted).total_seconds() * 1000)
    kinds = (
        {"StatementType": statement.type, "SubstatementType": statement.substatement}
        if statement
        else {}
    )
    return {
        "QueryExecutionId": query.id,
        "Query": request.sql,
        **kinds,
        "ResultConfiguration": {**request.result, "OutputLocation": query.output_location},
        "QueryExecutionContext": {"Database": request.database, "Catalog": "awsdatacatalog"},
        "ExecutionParameters": list(request.parameters) or None,
        "Status": status,
        "Statistics": {
            "DataScannedInBytes": query.scanned_bytes,
            "TotalExecutionTimeInMillis": milliseconds,
            **({"DataManifestLocation": query.manifest} if query.manifest else {}),
        },
        "WorkGroup": request.workgroup,
    }


def result_page(query: QueryExecution, s3: Any, *, start: int, limit: int) -> dict[str, Any]:
    """Return rows of the result. The first row of the first page has the names of the columns."""
    if query.state in ("QUEUED", "RUNNING"):
        raise InvalidRequestError(f"Query has not yet finished. Current state: {query.state}")
    if query.state != "SUCCEEDED":
        raise InvalidRequestError(
            f"Query did not finish successfully. Final query state: {query.state}"
        )
    if not 1 <= limit <= _MAX_ROWS:
        raise InvalidRequestError(f"MaxResults must be 1 to {_MAX_ROWS}, not {limit}")
    rows = _rows(query, s3) if query.columns else []
    page = [{"Data": [_datum(text) for text in row]} for row in rows[start : start + limit]]
    columns = {"ColumnInfo": list(query.columns)}
    more = {"NextToken": str(start + limit)} if start + limit < len(rows) else {}
    return {
        "UpdateCount": query.written_rows,
        "ResultSet": {"Rows": page, "ResultSetMetadata": columns},
        **more,
    }


def _rows(query: QueryExecution, s3: Any) -> list[list[str | None]]:
    bucket, key = location(query.output_location)
    try:
        return result_file.read(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    except ClientError as error:
        raise InvalidRequestError(
            f"Could not find results in {query.output_location}: "
            f"{error.response['Error'].get('Message', '')}"
        ) from error


def _datum(text: str | None) -> dict[str, str]:
    return {} if text is None else {"VarCharValue": text}
