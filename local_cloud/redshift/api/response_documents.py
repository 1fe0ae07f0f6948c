"""The JSON bodies that several actions of the Data API share."""

from __future__ import annotations

import json
from typing import Any

from local_cloud.redshift.api.statements import Statement
from local_cloud.redshift.result_set import PAGE_ROWS, ResultSet


def result_page(result: ResultSet, start: int) -> dict[str, Any]:
    """What every page of a result carries besides its rows."""
    following = start + PAGE_ROWS
    token = {"NextToken": str(following)} if following < result.rows.num_rows else {}
    return {
        "ColumnMetadata": [column.metadata() for column in result.columns],
        "TotalNumRows": result.rows.num_rows,
        **token,
    }


def accepted(statement: Statement) -> dict[str, Any]:
    """ExecuteStatement's answer."""
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
    """What ExecuteStatement adds when it waited."""
    described = statement.describe()
    return {key: described[key] for key in ("Status", "RedshiftPid", "HasResultSet")}


def document(body: dict[str, Any]) -> str:
    """An answer's JSON; what is None is left out."""
    return json.dumps({key: value for key, value in body.items() if value is not None})
