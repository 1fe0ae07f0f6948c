"""Returns the rows of a statement in the warehouse as a DataFrame with the types of the columns."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from operations.environment_clients import EnvironmentClients
from operations.sql.statements import Result, execute
from operations.sql.warehouses import find_warehouse

Values = Sequence[Any]
Convert = Callable[[Values], Any]


def query_frame(
    aws: EnvironmentClients,
    sql: str,
    *,
    warehouse: str | None = None,
    database: str | None = None,
    user: str | None = None,
    timeout_seconds: float = 600,
) -> pd.DataFrame:
    """Run one statement and return its rows; a statement without rows returns an empty frame.

    NULL is the missing value of each type: `pd.NA`, or `pd.NaT` in dates and timestamps.

    The rows are read as JSON, because NULL and the empty text are the same in CSV: about 100,000
    values per second. The service returns at most 500 MB.
    https://docs.aws.amazon.com/redshift/latest/mgmt/data-api.html

    Raises:
        StatementFailed: the database rejected the statement; `position` is where.
        TimeoutError: the statement had not ended after `timeout_seconds`, and was cancelled.
        OperationError: there is no such warehouse.
    """
    target = find_warehouse(aws, warehouse).request(database=database, user=user)
    client = aws.clients("redshift-data")
    result = execute(client, sql, target, as_csv=False, timeout_seconds=timeout_seconds)
    return _frame(result) if result.has_rows else pd.DataFrame()


def _frame(result: Result) -> pd.DataFrame:
    columns: list[dict[str, Any]] = []
    rows: list[list[Any]] = []
    for columns, more in result.described_pages():  # noqa: B007  # used below
        rows += more
    values = zip(*rows, strict=True) if rows else [()] * len(columns)
    converted = [
        pd.Series(_converter(column["typeName"])(cells))
        for column, cells in zip(columns, values, strict=True)
    ]
    # Several columns may have the same name, so the names are set last.
    frame = pd.DataFrame(dict(enumerate(converted)))
    frame.columns = pd.Index([column["name"] for column in columns])
    return frame


def _converter(type_name: str) -> Convert:
    """Return the conversion of a type; a type that has none is text."""
    return _CONVERTERS.get(type_name, _texts)


def _texts(values: Values) -> Any:
    return pd.array(values, dtype="string")


def _booleans(values: Values) -> Any:
    return pd.array(values, dtype="boolean")


def _integers(dtype: Any) -> Convert:
    return lambda values: pd.array(values, dtype=dtype)


def _floats(values: Values) -> Any:
    """Return floats in which NaN, a value of Redshift, is not missing."""
    mask = np.array([value is None for value in values], dtype=bool)
    numbers = np.array([0.0 if value is None else value for value in values], dtype=float)
    return pd.arrays.FloatingArray(numbers, mask)  # type: ignore[attr-defined]  # not in the stubs


def _each(convert: Callable[[Any], Any]) -> Convert:
    """Return Python objects, for types without a dtype in pandas."""
    return lambda values: pd.Series(
        [pd.NA if value is None else convert(value) for value in values], dtype=object
    )


def _dates(values: Values) -> Any:
    """Return dates in seconds: nanoseconds would end in 2262."""
    return np.array([value or "NaT" for value in values], dtype="datetime64[s]")


def _timestamps(values: Values) -> Any:
    return np.array([value or "NaT" for value in values], dtype="datetime64[us]")


def _zoned(values: Values) -> Any:
    """Return timestamps in UTC; Redshift shows them in the time zone of the session."""
    utc = [None if value is None else _in_utc(value) for value in values]
    return pd.Series(_timestamps(utc)).dt.tz_localize("UTC")


def _in_utc(text: str) -> str:
    """Return a timestamp with a zone, such as 2008-01-01 00:00:00+05:30, without it in UTC."""
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat()


# Redshift's names of types, in ColumnMetadata.
_CONVERTERS: dict[str, Convert] = {
    "bool": _booleans,
    "int2": _integers("Int16"),
    "int4": _integers("Int32"),
    "int8": _integers("Int64"),
    "oid": _integers("Int64"),
    "float4": _floats,
    "float8": _floats,
    "numeric": _each(Decimal),
    "date": _dates,
    "timestamp": _timestamps,
    "timestamptz": _zoned,
    "time": _each(time.fromisoformat),
    "timetz": _each(time.fromisoformat),
    "super": _each(json.loads),
}
