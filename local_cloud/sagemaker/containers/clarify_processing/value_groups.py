"""Which rows have one of the given values, or a value above the given threshold.

Source: series_datatype and _positive_label_index of smclarify 0.5,
https://github.com/aws/amazon-sagemaker-clarify
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from .analysis_error import UserError
from .bias_metrics import Flags

# Integers with a larger share of different values are continuous.
_UNIQUENESS = 0.05


def is_continuous(values: pd.Series[Any], given: Sequence[Any]) -> bool:
    """Return whether `given` is a threshold. Several values are always categories."""
    if len(given) > 1 or pd.api.types.is_bool_dtype(values):
        return False
    if pd.api.types.is_integer_dtype(values):
        return bool(values.nunique() / max(1, values.count()) >= _UNIQUENESS)
    return bool(pd.api.types.is_float_dtype(values))


def rows_of(values: pd.Series[Any], given: Sequence[Any]) -> Flags:
    """Return the flags of the rows: above the only threshold, or with one of the values."""
    if not given:
        raise UserError(f"column {values.name}: expected at least one value or a threshold")
    if is_continuous(values, given):
        return np.asarray(values > float(given[0]), dtype=np.bool_)
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        return np.asarray(values.isin([float(each) for each in given]), dtype=np.bool_)
    return np.asarray(values.astype(str).isin(list(map(str, given))), dtype=np.bool_)


def shown(values: pd.Series[Any], given: Sequence[Any]) -> str:
    """Return the values or the interval as text, such as "1" or "(15.0, 52.5]"."""
    if not is_continuous(values, given):
        return ",".join(map(str, given))
    low = float(given[0])
    return f"({low}, {max(low, float(values.max()))}]"
