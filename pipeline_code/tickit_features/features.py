"""The flow that prepares the rows of venues for the group `venues-prepared`."""

from pipeline_code.runtime.flows.flow import Flow
from pipeline_code.runtime.schema import INTEGER, STRING, Column, Schema
from pipeline_code.runtime.transforms.fill_missing import FillMissing
from pipeline_code.runtime.transforms.format_number import FormatNumber
from pipeline_code.runtime.transforms.is_one_of import IsOneOf
from pipeline_code.runtime.transforms.keep_columns import KeepColumns

# The states with the most venues.
LARGE_MARKETS = ("CA", "NY")
FLOW = Flow(
    Schema(
        (
            Column("seats", INTEGER, nullable=True),
            Column("events", INTEGER),
            Column("tickets", INTEGER),
            Column("state", STRING, nullable=True),
        )
    ),
    [
        FillMissing(["seats"], "constant", 0),
        FormatNumber(["seats", "tickets"], "log1p"),
        IsOneOf(["state"], LARGE_MARKETS, "large_market"),
        KeepColumns(["seats", "events", "tickets", "large_market"]),
    ],
)
