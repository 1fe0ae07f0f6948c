"""Compiles a TargetEncoder: a table with the encoding of each category."""

from math import isnan
from typing import Any

import numpy as np

from pipeline_code.runtime.single_row.types import CompilePart, Numbers, RowFunction

# The key of a missing value, which is not equal to itself.
_MISSING = None


def compile_target_encoder(encoder: Any, _: CompilePart) -> RowFunction | None:
    """Return the function of one row.

    It is None for a target of several classes, and for categories that are no numbers.
    """
    is_numeric = all(each.dtype.kind in "biuf" for each in encoder.categories_)
    if encoder.target_type_ == "multiclass" or not is_numeric:
        return None
    pairs = zip(encoder.categories_, encoder.encodings_, strict=True)
    tables = [
        {_key(value): float(code) for value, code in zip(*pair, strict=True)} for pair in pairs
    ]
    # An unknown category has the mean of the target.
    unknown = float(encoder.target_mean_)

    def run(row: Numbers) -> Numbers:
        cells = zip(tables, row.tolist(), strict=True)
        return np.array([table.get(_key(value), unknown) for table, value in cells])

    return run


def _key(value: Any) -> float | None:
    number = float(value)
    return _MISSING if isnan(number) else number
