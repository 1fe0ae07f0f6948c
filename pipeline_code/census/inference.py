"""Hosting code of script mode: raw rows, without the income, in; probabilities out.

The four functions are those of SageMaker's XGBoost container ("Use XGBoost as a framework").
"""

import json
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline_code.census.encoder import ENCODER
from pipeline_code.census.model import Model, read_folder
from pipeline_code.census.rows import HIGH, LOW, SCHEMA, TARGET
from pipeline_code.runtime.csv_data import read_csv
from pipeline_code.runtime.errors import DataError
from pipeline_code.runtime.json_lines import read_json_lines

REQUEST = SCHEMA.select(ENCODER.columns)
CSV = "text/csv"
JSON = "application/json"
JSON_LINES = "application/jsonlines"


def model_fn(model_dir: str) -> Model:
    """Load the model from the unpacked model.tar.gz."""
    return read_folder(Path(model_dir))


def input_fn(body: bytes | str, content_type: str) -> pa.Table:
    """Raw rows from CSV, with or without header, or from JSON lines (one object a row).

    Raises DataError naming line and column of what is wrong, or the content types allowed.
    """
    content = body.encode() if isinstance(body, str) else body
    kind = _media_type(content_type)
    if kind == CSV:
        return read_csv(content, REQUEST, source="request")
    if kind == JSON_LINES:
        return read_json_lines(content, REQUEST, source="request")
    raise DataError(f"content type {content_type!r}: allowed are {CSV} and {JSON_LINES}")


def predict_fn(rows: pa.Table, model: Model) -> npt.NDArray[np.float64]:
    """The probability of a high income of each row."""
    return model.probability(rows)


def output_fn(predicted: npt.NDArray[np.float64], accept: str) -> tuple[str, str]:
    """The predictions in the order of the rows, and their content type.

    One probability a line for CSV, as the built-in algorithm answers; for JSON lines one object a
    line, and for JSON a list of them, with the likelier income. Raises DataError for other types.
    """
    kind = _media_type(accept)
    numbers = [round(float(number), 6) for number in predicted]
    if kind == CSV:
        return "".join(f"{number}\n" for number in numbers), CSV
    objects = [
        {TARGET: HIGH if number >= 0.5 else LOW, "probability": number} for number in numbers
    ]
    if kind == JSON_LINES:
        return "".join(json.dumps(row) + "\n" for row in objects), JSON_LINES
    if kind in (JSON, "*/*"):
        return json.dumps(objects), JSON
    raise DataError(f"accept {accept!r}: allowed are {CSV}, {JSON_LINES} and {JSON}")


def _media_type(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()
