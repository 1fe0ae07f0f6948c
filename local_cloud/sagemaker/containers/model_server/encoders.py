"""Reads and writes arrays for scripts without input_fn or output_fn.

Source: sagemaker_containers._encoders, and encoder.py of the package of the XGBoost image.
"""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import numpy as np
import numpy.typing as npt

JSON, CSV, NPY = "application/json", "text/csv", "application/x-npy"
# The number of bytes of the first line from which the delimiter is detected.
_SNIFFED = 512


class UnsupportedFormat(Exception):
    """A content type that the images' default functions do not read or write."""

    def __init__(self, content_type: str) -> None:
        super().__init__(f"Content type {content_type} is not supported by this framework.")


def decode(body: Any, content_type: str) -> Any:
    """Convert a body to an array. As in the image, a single row of CSV has one dimension."""
    if content_type == NPY:
        return np.load(io.BytesIO(body))
    if content_type == JSON:
        return np.array(json.loads(body))
    if content_type != CSV:
        raise UnsupportedFormat(content_type)
    rows = list(csv.reader(io.StringIO(body), strict=True))
    return np.array(rows).squeeze().astype(float)


def encode(values: Any, content_type: str) -> str | bytes:
    """Convert an array or a list to a body."""
    if content_type == NPY:
        content = io.BytesIO()
        np.save(content, values)
        return content.getvalue()
    if content_type == JSON:
        return json.dumps(values, default=lambda array: array.tolist())
    if content_type != CSV:
        raise UnsupportedFormat(content_type)
    array = np.array(values)
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(array.reshape(len(array), -1))
    return text.getvalue()


def xgboost_rows(text: str) -> npt.NDArray[np.float64]:
    """Parse CSV without header, as XGBoost's image does. An empty cell becomes NaN.

    The delimiter is that of the first line. Raises ValueError and csv.Error.
    """
    lines = text.split("\n")
    sniffed = csv.Sniffer().sniff(lines[0][:_SNIFFED]).delimiter
    delimiter = "," if sniffed.isalnum() else sniffed
    cells = [[cell or "nan" for cell in line.split(delimiter)] for line in lines]
    return np.array(cells).astype(float)
