"""The data set of tickit's models, and the columns of the batches that they scored."""

from pipeline_code.runtime.monitoring.declaration import Monitored
from pipeline_code.tickit.features import DATASET

# A line that the transform job of tickit-batch writes: the row's key, the row, its prediction, and
# its columns outside the training rows. A model of an earlier release writes no last column.
BATCH = (
    *("dateid", "venueid", "catid", "caldate", "holiday", "events"),
    *("predicted_tickets", "outside_training"),
)
MONITORED = Monitored(
    DATASET,
    batch=BATCH,
    # The ID of labels.sql.
    batch_key=("dateid", "venueid", "catid"),
    batch_prediction="predicted_tickets",
)
