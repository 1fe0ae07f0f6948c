"""The rows of a statement as an Arrow table, and their formats in the Data API."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import pyarrow as pa

from local_cloud.redshift.catalog import Relation
from local_cloud.redshift.redshift_types import RedshiftType

PAGE_ROWS = 1000
Field = dict[str, Any]


@dataclass(frozen=True)
class ResultColumn:
    """A column of a result: its name, its type and, if it is stored, its relation."""

    name: str
    type: RedshiftType
    relation: Relation | None = None
    nullable: bool = True

    def metadata(self) -> dict[str, Any]:
        """Return the column as ColumnMetadata of the Data API."""
        schema, table = self.relation or ("", "")
        return {
            "isCaseSensitive": self.type.name in ("varchar", "bpchar"),
            "isCurrency": False,
            "isSigned": self.type.is_signed,
            "label": self.name,
            "length": self.type.length,
            "name": self.name,
            "nullable": int(self.nullable),
            "precision": self.type.precision,
            "scale": self.type.scale,
            "schemaName": schema,
            "tableName": table,
            "typeName": self.type.name,
        }


@dataclass(frozen=True)
class ResultSet:
    """The rows of a query with their columns."""

    columns: tuple[ResultColumn, ...]
    rows: pa.Table

    @property
    def bytes(self) -> int:
        """The size of the result in memory, in bytes."""
        return int(self.rows.nbytes)

    def page(self, start: int) -> list[list[Field]]:
        """Return at most PAGE_ROWS rows from row `start` on, as lists of Field."""
        return [[field(value) for value in row] for row in self._values(start)]

    def csv_page(self, start: int) -> str:
        """Return such a page as CSV with a header, in the format of GetStatementResultV2."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow([column.name for column in self.columns])
        writer.writerows([csv_value(value) for value in row] for row in self._values(start))
        return text.getvalue()

    def _values(self, start: int) -> list[tuple[Any, ...]]:
        columns = [column.to_pylist() for column in self.rows.slice(start, PAGE_ROWS).columns]
        return list(zip(*columns, strict=True))


def field(value: Any) -> Field:
    """Return a value as Field, with the member for its type: NULL, boolean, long, double, text."""
    if value is None:
        return {"isNull": True}
    if isinstance(value, bool):
        return {"booleanValue": value}
    if isinstance(value, int):
        return {"longValue": value}
    if isinstance(value, float):
        return {"doubleValue": value if abs(value) < float("inf") else _non_finite(value)}
    return {"stringValue": text_of(value)}


def _non_finite(value: float) -> str:
    """Return the string for a non-finite number in AWS' JSON protocol: JSON has no NaN."""
    if value != value:
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"


def csv_value(value: Any) -> str:
    """Return a value as text for CSV. NULL is empty; booleans are t and f."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "t" if value else "f"
    return text_of(value)


def text_of(value: Any) -> str:
    """Return a value as text in Redshift's format: ISO dates, with a space before the time."""
    if isinstance(value, datetime):
        stamp = value.replace(tzinfo=None).isoformat(sep=" ")
        stamp = stamp.rstrip("0") if value.microsecond else stamp
        return f"{stamp}+00" if value.tzinfo else stamp
    if isinstance(value, time):
        clock = value.isoformat()
        return clock.rstrip("0") if value.microsecond else clock
    if isinstance(value, date):
        return value.isoformat()
    return value.hex() if isinstance(value, bytes) else str(value)
