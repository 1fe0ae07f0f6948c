"""The columns that the query gives, and the features that the model sees of them."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline_code.runtime.schema import BOOLEAN, DATE, INTEGER, Column, Schema

TARGET = "total_sold"
SCHEMA = Schema(
    (
        Column(TARGET, INTEGER),
        Column("venueid", INTEGER),
        Column("catid", INTEGER),
        Column("caldate", DATE),
        Column("holiday", BOOLEAN),
        # The article's query lacks it.
        Column("events", INTEGER, optional=True),
    )
)
# What makes a group of the query, in the order in which rows are sorted.
KEY = ["caldate", "venueid", "catid", "holiday"]


def features(rows: pa.Table) -> npt.NDArray[np.float64]:
    """The model's view of raw rows: one row each, and the columns of `feature_names`.

    Days of the week count from Monday as 0, days of the year from 1.
    """
    days = rows["caldate"].to_numpy().astype("datetime64[D]")
    columns = [
        rows["venueid"].to_numpy(),
        rows["catid"].to_numpy(),
        rows["holiday"].to_numpy(),
        # Day 0 of numpy, 1970-01-01, was a Thursday.
        (days.astype(np.int64) + 3) % 7,
        (days - days.astype("datetime64[Y]")).astype(np.int64) + 1,
    ]
    if "events" in rows.column_names:
        columns.append(rows["events"].to_numpy())
    return np.column_stack(columns).astype(np.float64)
