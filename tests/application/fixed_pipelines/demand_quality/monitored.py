"""The data set of demand's models."""

from pipeline_code.runtime.dataset import Dataset
from pipeline_code.runtime.monitoring.declaration import Monitored
from pipeline_code.runtime.schema import INTEGER, Column, Schema

DATASET = Dataset(Schema((Column("size", INTEGER), Column("sold", INTEGER))), "sold")
MONITORED = Monitored(DATASET)
