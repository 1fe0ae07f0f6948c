"""The data set, the columns of a request and the bias of census' models."""

from pipeline_code.census.bias import BIAS
from pipeline_code.census.encoder import ENCODER
from pipeline_code.census.features import DATASET, SCHEMA
from pipeline_code.runtime.monitoring.declaration import Monitored

# Models of train.py take these raw columns; the built-in algorithm takes encoded ones.
MONITORED = Monitored(DATASET, inputs=SCHEMA.select(ENCODER.columns), bias=BIAS)
