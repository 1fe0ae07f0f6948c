"""The columns of the query, and the features of the model."""

from pipeline_code.runtime.dataset import Dataset
from pipeline_code.runtime.flows.flow import Flow
from pipeline_code.runtime.schema import BOOLEAN, FLOAT, INTEGER, TIMESTAMP, Column, Schema
from pipeline_code.runtime.transforms.fill_missing import FillMissing
from pipeline_code.runtime.transforms.time_parts import TimeParts

DATASET = Dataset(
    Schema(
        (
            Column("id", INTEGER),
            Column("size", INTEGER),
            Column("price", FLOAT, nullable=True),
            Column("ordered_at", TIMESTAMP),
            Column("is_gift", BOOLEAN),
            Column("sold", INTEGER),
        )
    ),
    "sold",
    order=("id",),
)
FLOW = Flow(
    DATASET.schema,
    [FillMissing(["price"], "mean"), TimeParts(["ordered_at"], ["hour"])],
    target="sold",
)
