"""The columns of the query, and the features of the model."""

from pipeline_code.runtime.dataset import Dataset
from pipeline_code.runtime.flows.flow import Flow
from pipeline_code.runtime.schema import BOOLEAN, DATE, INTEGER, Column, Schema
from pipeline_code.runtime.transforms.keep_columns import KeepColumns
from pipeline_code.runtime.transforms.time_parts import TimeParts

TARGET = "total_sold"
# The key of a group of the query. The holiday is a property of the day.
KEY = ("caldate", "venueid", "catid")
# The query of the AWS article has none of these columns, and only query_of_store.sql has those of
# the venue: its seats, and the events and sold tickets of the 90 days before the month.
OPTIONAL = ("events", "venue_seats", "venue_events", "venue_tickets")
DATASET = Dataset(
    Schema(
        (
            Column(TARGET, INTEGER),
            Column("venueid", INTEGER),
            Column("catid", INTEGER),
            Column("caldate", DATE),
            Column("holiday", BOOLEAN),
            *(Column(name, INTEGER, optional=True) for name in OPTIONAL),
        )
    ),
    TARGET,
    order=(*KEY, TARGET, "holiday", "events"),
    codes=("venueid", "catid"),
    # The model knows the day of the week and of the year, so it is used for the year to come.
    ahead_days=366,
)


# The order of the features is that of the models of earlier releases.
FLOW = Flow(
    DATASET.schema,
    [
        TimeParts(["caldate"], ["day_of_week", "day_of_year"]),
        KeepColumns(
            [
                *("venueid", "catid", "holiday"),
                *("caldate.day_of_week", "caldate.day_of_year", *OPTIONAL),
            ]
        ),
    ],
    target=TARGET,
)
