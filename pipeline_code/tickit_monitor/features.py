"""The input columns of tickit's models, and the columns of the batches that they scored."""

from pipeline_code.runtime.schema import BOOLEAN, DATE, INTEGER, Column, Schema

# The inputs of pipeline_code/tickit: a test compares the two.
INPUTS = Schema(
    (
        Column("venueid", INTEGER),
        Column("catid", INTEGER),
        Column("caldate", DATE),
        Column("holiday", BOOLEAN),
        Column("events", INTEGER, optional=True),
    )
)
# A line that the transform job of tickit-batch writes: the row's key, the row, its prediction, and
# its columns outside the training rows. A model of an earlier release writes no last column.
BATCH = ("dateid", *INPUTS.names, "predicted_tickets", "outside_training")
