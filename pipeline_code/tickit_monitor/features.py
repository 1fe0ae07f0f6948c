"""The columns that tickit's models are asked with, and those of the batches they have scored."""

from pipeline_code.runtime.schema import BOOLEAN, DATE, INTEGER, Column, Schema

# The inputs of pipeline_code/tickit: its tests hold the two together.
INPUTS = Schema(
    (
        Column("venueid", INTEGER),
        Column("catid", INTEGER),
        Column("caldate", DATE),
        Column("holiday", BOOLEAN),
        Column("events", INTEGER, optional=True),
    )
)
# A line that the transform job of tickit-batch writes: the row's key, the row, the prediction.
BATCH = ("dateid", *INPUTS.names, "predicted_tickets")
