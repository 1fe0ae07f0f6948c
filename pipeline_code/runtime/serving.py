"""Hosting code of a model that takes raw rows and gives numbers for each, in their order.

A client that accepts `application/json;verbose` or `application/jsonlines;verbose` also gets the
explanation of each prediction. AWS' own algorithms use this parameter for more members of an answer
(https://docs.aws.amazon.com/sagemaker/latest/dg/IC-TF-inputoutput.html).
"""

import csv
import io
import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline_code.runtime.answer_members import EXPLANATION, OUTSIDE
from pipeline_code.runtime.csv_data import read_csv
from pipeline_code.runtime.explanation import Explanation
from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.json_lines import read_json_lines
from pipeline_code.runtime.request_errors import WrongAccept, WrongContentType
from pipeline_code.runtime.schema import Schema

M = TypeVar("M")
Numbers = npt.NDArray[np.float64]
CSV = "text/csv"
JSON = "application/json"
JSON_LINES = "application/jsonlines"
# The parameter of an accepted type that asks for explanations.
VERBOSE = "verbose"
# For each row, names of columns.
Columns = Sequence[Sequence[str]]


class Hosting(NamedTuple):
    """The functions of hosting code, named as SageMaker's framework images name them."""

    model_fn: Callable[..., Any]
    input_fn: Callable[..., Any]
    predict_fn: Callable[..., Any]
    output_fn: Callable[..., Any]


def hosting(
    inputs: Schema,
    *,
    load: Callable[[Path], M],
    predict: Callable[[pa.Table, M], Numbers],
    as_object: Callable[[Any], dict[str, Any]],
    digits: int = 4,
) -> Hosting:
    """The functions model_fn, input_fn, predict_fn and output_fn.

    `inputs` are the columns of a request. `load` gives the model in the folder of an unpacked
    model.tar.gz, `predict` a number or several numbers of each row, which are rounded to `digits`,
    and `as_object` what a client that asks for JSON gets of them. A DataError of input_fn,
    predict_fn or output_fn is an invalid request: `model_application` replies with status 400, 406
    or 415.
    """

    def model_fn(model_dir: str) -> M:
        return load(Path(model_dir))

    def input_fn(body: bytes | str, content_type: str | None) -> pa.Table:
        return read_request(body, content_type, inputs)

    def output_fn(
        predicted: Numbers,
        accept: str | None,
        *,
        outside: Columns | None = None,
        explanation: Explanation | None = None,
    ) -> tuple[str, str]:
        return answer(
            predicted,
            accept,
            digits=digits,
            as_object=as_object,
            outside=outside,
            explanation=explanation,
        )

    return Hosting(model_fn, input_fn, predict, output_fn)


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
    predicted: Numbers,
    accept: str | None,
    *,
    digits: int,
    as_object: Callable[[Any], dict[str, Any]],
    outside: Columns | None = None,
    explanation: Explanation | None = None,
) -> tuple[str, str]:
    """The predictions in the order of the rows, rounded, and their content type.

    One number a line for CSV, or the values of `as_object` if a row has several numbers; one
    `as_object` a line for JSON lines, and a list of such objects for JSON, which a client that
    accepts anything gets. With `outside`, each prediction also has these names, separated by spaces
    in CSV. For a client that accepts a verbose type, each object has its part of the `explanation`.
    Raises WrongAccept for other types, and if there is no `explanation`.
    """
    kind = _media_type(accept)
    if is_verbose(accept):
        _require_explanation(kind, explanation, accept)
    # Rounded afterwards: rounding may change which class is the most probable.
    objects = [_rounded(as_object(number), digits) for number in np.asarray(predicted).tolist()]
    if kind == CSV:
        if np.ndim(predicted) > 1:
            rows = [_flat(each) for each in objects]
        else:
            rows = [[_rounded(number, digits)] for number in predicted]
        return _csv(rows, outside), CSV
    if outside is not None:
        pairs = zip(objects, outside, strict=True)
        objects = [{**row, OUTSIDE: list(names)} for row, names in pairs]
    if explanation is not None:
        explained = zip(objects, explanation.by_row(), strict=True)
        objects = [{**row, EXPLANATION: each} for row, each in explained]
    if kind == JSON_LINES:
        return "".join(json.dumps(row) + "\n" for row in objects), JSON_LINES
    if kind in (JSON, "*/*"):
        return json.dumps(objects), JSON
    raise WrongAccept(f"accept {accept!r}: allowed are {CSV}, {JSON_LINES} and {JSON}")


def is_verbose(accept: str | None) -> bool:
    """Whether a client asks for explanations."""
    # The parameters may be followed by other types, as HTTP clients send them.
    parts = re.split("[;,]", accept or "")
    return VERBOSE in [each.strip().lower() for each in parts[1:]]


def _require_explanation(kind: str, explanation: Explanation | None, accept: str | None) -> None:
    if explanation is None:
        raise WrongAccept(
            f"accept {accept!r}: this model has no exact contributions of its columns, so its "
            f"predictions are not explained; accept {kind} without {VERBOSE}"
        )
    if kind not in (JSON, JSON_LINES):
        raise WrongAccept(
            f"accept {accept!r}: explanations are members of objects; accept "
            f"{JSON};{VERBOSE} or {JSON_LINES};{VERBOSE}"
        )


def _rounded(value: Any, digits: int) -> Any:
    """Return a number, or an object with its numbers, rounded to the digits after the point."""
    if isinstance(value, Mapping):
        return {name: _rounded(each, digits) for name, each in value.items()}
    return value if isinstance(value, str) else round(float(value), digits)


def _flat(row: Mapping[str, Any]) -> list[Any]:
    """The values of an object, and of the objects in it."""
    values = row.values()
    return [v for each in values for v in (_flat(each) if isinstance(each, dict) else [each])]


def _csv(rows: Sequence[Sequence[Any]], outside: Columns | None) -> str:
    text = io.StringIO()
    named = (
        rows
        if outside is None
        else [[*row, " ".join(names)] for row, names in zip(rows, outside, strict=True)]
    )
    csv.writer(text, lineterminator="\n").writerows(named)
    return text.getvalue()


def _media_type(content_type: str | None) -> str:
    return (content_type or "").partition(";")[0].strip().lower()


_READERS = {CSV: read_csv, JSON_LINES: read_json_lines}
