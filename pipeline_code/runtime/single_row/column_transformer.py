"""Compiles a ColumnTransformer: its transformers, side by side, each on columns of its own."""

from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline_code.runtime.single_row.types import CompilePart, Numbers, RowFunction

Places = npt.NDArray[np.intp]


def compile_column_transformer(transformer: Any, compile_part: CompilePart) -> RowFunction | None:
    """Return the function of one row.

    It is None for weights, columns that are not a list of numbers, and parts without a function.
    """
    kept = [(part, columns) for _, part, columns in transformer.transformers_ if part != "drop"]
    parts = [
        (places, function)
        for part, columns in kept
        if (places := _places(columns)) is not None
        if (function := _function(part, compile_part))
    ]
    if len(parts) < len(kept) or transformer.transformer_weights:
        return None

    def run(row: Numbers) -> Numbers:
        return np.concatenate([function(row[places]) for places, function in parts])

    return run


def _places(columns: Any) -> Places | None:
    places = np.asarray(columns)
    return places if places.ndim == 1 and places.dtype.kind == "i" else None


def _function(part: Any, compile_part: CompilePart) -> RowFunction | None:
    return _same if part == "passthrough" or _is_identity(part) else compile_part(part)


def _is_identity(part: Any) -> bool:
    is_function = type(part).__name__ == "FunctionTransformer"
    return is_function and part.func is None and not part.validate


def _same(row: Numbers) -> Numbers:
    return row
