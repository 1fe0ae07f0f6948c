"""Splits the rows into a train and a test side."""

from fixed_pipelines.shaped.features import DATASET
from pipeline_code.runtime.container import Container
from pipeline_code.runtime.preparation import Preparation
from pipeline_code.runtime.split import split


def run(container: Container) -> None:
    """Write the outputs `train`, `test` and `profile`."""
    with Preparation(container, DATASET, what="the data") as prepared:
        for rows in prepared.batches():
            prepared.write(**split(rows, {"train": 0.8, "test": 0.2}))
