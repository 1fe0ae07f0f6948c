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
# What a prediction is asked with.
INPUTS = Schema(tuple(column for column in SCHEMA.columns if column.name != TARGET))
# What makes a group of the query. A holiday is one of its day, so it adds nothing.
KEY = ("caldate", "venueid", "catid")


def in_order(rows: pa.Table) -> pa.Table:
    """The rows in one order, whatever the files and the instances that held them were."""
    rest = (name for name in rows.column_names if name not in KEY)
    return rows.sort_by([(name, "ascending") for name in (*KEY, *rest)])


def target(rows: pa.Table) -> npt.NDArray[np.float64]:
    """The tickets sold in each row."""
    sold: npt.NDArray[np.float64] = rows[TARGET].to_numpy().astype(np.float64)
    return sold


def features(rows: pa.Table) -> npt.NDArray[np.float64]:
    """The model's view of raw rows, of shape (rows, 6), or (rows, 5) without the column events.

    The columns are venue, category, holiday, day of the week (Monday is 0), day of the year (from
    1) and number of events.
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
