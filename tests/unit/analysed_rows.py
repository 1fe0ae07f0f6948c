"""Rows with a signal and without anything to report, and the analysis of rows."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from pipeline_code.runtime.data_analysis.analysis import Settings, analysis, sketch_of

ROWS = 2_000


def sample(**changed) -> pa.Table:
    """Rows with a signal in `size`, and nothing to report."""
    rng = np.random.default_rng(11)
    size = rng.normal(size=ROWS)
    columns = {
        "size": size,
        "count": rng.integers(0, 9, ROWS),
        "kind": rng.choice(["a", "b", "c"], ROWS),
        "day": [date(2008, 1, 1) + timedelta(days=int(n)) for n in rng.integers(0, 300, ROWS)],
        "sold": np.where(size + rng.normal(size=ROWS) > 0.5, "yes", "no"),
    }
    return pa.table({**columns, **changed})


def analysed(rows, target="sold", compared=None):
    first, second = (
        sketch_of([each], what="rows") if each is not None else None for each in (rows, compared)
    )
    return analysis(Settings("rows", target), first, second)
