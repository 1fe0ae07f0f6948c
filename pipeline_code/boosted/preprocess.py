"""Checks this instance's share of the data and splits it into a train and a test side."""

from pipeline_code.boosted.features import DATASET
from pipeline_code.runtime.container import Container
from pipeline_code.runtime.preparation import Preparation
from pipeline_code.runtime.split import split

SHARES = {"train": 0.8, "test": 0.2}


def run(container: Container) -> None:
    """Write the outputs `train`, `test` and `profile`, each as a part named after this host."""
    with Preparation(container, DATASET, what="the data") as prepared:
        for rows in prepared.batches():
            prepared.write(**split(rows, SHARES))
