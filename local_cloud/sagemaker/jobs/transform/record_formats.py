"""Reads and writes records of CSV and JSON, and joins them with the predictions.

Source: API DataProcessing.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


class InvalidRecord(ValueError):
    """A line does not have the format of its content type."""


@dataclass(frozen=True)
class Format:
    """The functions that read and write records of a content type.

    `join(record, answer)` adds the prediction to a record.
    """

    name: str
    read: Callable[[bytes], Any]
    write: Callable[[Any], bytes]
    join: Callable[[Any, Any], Any]


def _read_csv(record: bytes) -> list[str]:
    try:
        rows = list(csv.reader([record.decode()], strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise InvalidRecord(f"not a line of CSV: {error}") from error
    return rows[0] if rows else []


def _write_csv(value: Any) -> bytes:
    text = io.StringIO()
    row = value if isinstance(value, list) else [value]
    csv.writer(text, lineterminator="").writerow(row)
    return text.getvalue().encode()


def _read_json(record: bytes) -> Any:
    try:
        return json.loads(record)
    except ValueError as error:
        raise InvalidRecord(f"not JSON: {error}") from error


def _write_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def _join_json(record: Any, answer: Any) -> dict[str, Any]:
    whole = record if isinstance(record, dict) else {"SageMakerInput": record}
    return {**whole, "SageMakerOutput": answer}


_CSV = Format("CSV", _read_csv, _write_csv, lambda record, answer: [*record, *answer])
_JSON = Format("JSON", _read_json, _write_json, _join_json)
FORMATS: Mapping[str, Format] = {
    "text/csv": _CSV,
    "application/json": _JSON,
    "application/jsonlines": _JSON,
}


def format_of(content_type: str | None) -> Format | None:
    """Return the format of a content type, or None if records of this type are not parsed."""
    return FORMATS.get((content_type or "").partition(";")[0].strip().lower())
