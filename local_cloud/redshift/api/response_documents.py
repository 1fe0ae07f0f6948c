"""Parts of JSON responses that several operations of the Data API share."""

from __future__ import annotations

import json
from typing import Any

from local_cloud.redshift.api.statements import Statement
from local_cloud.redshift.result_set import PAGE_ROWS, ResultSet


def result_page(result: ResultSet, start: int) -> dict[str, Any]:
    """Return the members of a result page besides the rows."""
    following = start + PAGE_ROWS
    token = {"NextToken": str(following)} if following < result.rows.num_rows else {}
    return {
        "ColumnMetadata": [column.metadata() for column in result.columns],
        "TotalNumRows": result.rows.num_rows,
        **token,
    }


def accepted(statement: Statement) -> dict[str, Any]:
    """Return the response of ExecuteStatement."""
    request = statement.request
    return {
        "Id": statement.id,
        "CreatedAt": statement.whole.created.timestamp(),
        **request.endpoint.target,
        "Database": request.database,
        "DbUser": None if request.secret_arn else request.user,
        "SecretArn": request.secret_arn,
    }


def state(statement: Statement) -> dict[str, Any]:
    """Return the members that ExecuteStatement adds if the request waits for the end."""
    described = statement.describe()
    return {key: described[key] for key in ("Status", "RedshiftPid", "HasResultSet")}


def document(body: dict[str, Any]) -> str:
    """Return a response as JSON. Members that are None are omitted."""
    return json.dumps({key: value for key, value in body.items() if value is not None})
