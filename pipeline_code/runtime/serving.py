"""What a hosted model takes and answers: raw rows in, one prediction a row out, in their order."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline_code.runtime.csv_data import read_csv
from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.json_lines import read_json_lines
from pipeline_code.runtime.request_errors import WrongAccept, WrongContentType
from pipeline_code.runtime.schema import Schema

CSV = "text/csv"
JSON = "application/json"
JSON_LINES = "application/jsonlines"


def read_request(body: bytes | str, content_type: str | None, schema: Schema) -> pa.Table:
    """Raw rows from CSV, with or without header, or from JSON lines (one object a row).

    Raises DataError naming line and column of what is wrong, and WrongContentType.
    """
    content = body.encode() if isinstance(body, str) else body
    kind = _media_type(content_type)
    if kind not in _READERS:
        raise WrongContentType(f"content type {content_type!r}: allowed are {CSV} and {JSON_LINES}")
    rows = _READERS[kind](content, schema, source="request")
    if not rows.num_rows:
        raise DataError("request: no rows; send at least one, as CSV or JSON lines")
    return rows


def answer(
    predicted: npt.NDArray[np.float64],
    accept: str | None,
    *,
    digits: int,
    as_object: Callable[[float], dict[str, Any]],
) -> tuple[str, str]:
    """The predictions in the order of the rows, rounded, and their content type.

    One number a line for CSV, one `as_object` a line for JSON lines, and a list of such objects
    for JSON, the container's own answer to a client that accepts anything. Raises WrongAccept for
    other types.
    """
    kind = _media_type(accept)
    numbers = [round(float(number), digits) for number in predicted]
    if kind == CSV:
        return "".join(f"{number}\n" for number in numbers), CSV
    objects = [as_object(number) for number in numbers]
    if kind == JSON_LINES:
        return "".join(json.dumps(row) + "\n" for row in objects), JSON_LINES
    if kind in (JSON, "*/*"):
        return json.dumps(objects), JSON
    raise WrongAccept(f"accept {accept!r}: allowed are {CSV}, {JSON_LINES} and {JSON}")


def _media_type(content_type: str | None) -> str:
    return (content_type or "").partition(";")[0].strip().lower()


_READERS = {CSV: read_csv, JSON_LINES: read_json_lines}
