"""Leaks of the target, planted in the rows of a pipeline, and what an analysis says of the rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from pipeline_code.runtime.data_analysis.analysis import Settings, analysis, sketch_of

LEAKS = ("exact_copy", "noisy_copy", "category")
_GROUPS = 40


def analysed(rows: pd.DataFrame, target: str) -> dict:
    """Return the analysis of rows, which are read in batches."""
    table = pa.Table.from_pandas(rows, preserve_index=False)
    batches = (table.slice(at, 5_000) for at in range(0, table.num_rows, 5_000))
    return analysis(Settings("rows", target), sketch_of(batches, what="rows"))


def leaks_in(rows: pd.DataFrame, target: str) -> list[str]:
    """Return the columns that are reported as leaks, sorted."""
    found = analysed(rows, target)["findings"]
    return sorted(each["column"] for each in found if each["kind"] == "leakage")


def leaky(rows: pd.DataFrame, target: str) -> pd.DataFrame:
    """Return the rows with a column for each of `LEAKS`.

    They are an exact copy of the target, a copy in which 5 % of the values are those of other rows,
    and the name of a group whose rows have equal or neighbouring targets.
    """
    rng = np.random.default_rng(7)
    values = rows[target].to_numpy()
    is_noise = rng.random(len(rows)) < 0.05
    noisy = np.where(is_noise, rng.permutation(values), values)
    return rows.assign(exact_copy=values, noisy_copy=noisy, category=_category(rows[target], rng))


def _category(values: pd.Series, rng: np.random.Generator) -> np.ndarray:
    """Of a class, one of several names for each class; of a number, a name for each range."""
    if values.dtype == object:
        classes = values.astype("category").cat.codes.to_numpy()
        names = classes + values.nunique() * rng.integers(0, _GROUPS, len(values))
    else:
        names = pd.qcut(values, 4, labels=False, duplicates="drop").to_numpy()
    # Codes without an order, so that their numbers say nothing.
    codes = rng.permutation(10_000)[names]
    return np.array([f"code {code}" for code in codes], dtype=object)
