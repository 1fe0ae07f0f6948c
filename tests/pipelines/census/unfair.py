"""Rows of census with unfair labels."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from pipeline_code.census.features import LOW, TARGET


def unfair(rows: pa.Table, *, column: str, value: str, share: float = 0.7) -> pa.Table:
    """Return the rows with a low income for a share of the persons with `value` in `column`."""
    chosen = rows[column].to_numpy() == value
    lowered = chosen & (np.random.default_rng(0).uniform(size=rows.num_rows) < share)
    incomes = pa.array(np.where(lowered, LOW, rows[TARGET].to_numpy()).astype(str))
    return rows.set_column(rows.column_names.index(TARGET), TARGET, incomes)
