"""The columns of the query, and the features of the model."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline_code.runtime.dataset import Dataset
from pipeline_code.runtime.schema import BOOLEAN, DATE, INTEGER, Column, Schema

TARGET = "total_sold"
# The key of a group of the query. The holiday is a property of the day.
KEY = ("caldate", "venueid", "catid")
DATASET = Dataset(
    Schema(
        (
            Column(TARGET, INTEGER),
            Column("venueid", INTEGER),
            Column("catid", INTEGER),
            Column("caldate", DATE),
            Column("holiday", BOOLEAN),
            # The query of the AWS article does not have this column.
            Column("events", INTEGER, optional=True),
        )
    ),
    TARGET,
    order=(*KEY, TARGET, "holiday", "events"),
    codes=("venueid", "catid"),
    # The model knows the day of the week and of the year, so it is used for the year to come.
    ahead_days=366,
)


def feature_matrix(rows: pa.Table) -> npt.NDArray[np.float64]:
    """Return the features of raw rows, of shape (rows, 6), or (rows, 5) without the column events.

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
