"""Separates the customers to train on from those to measure the model on."""

from pipeline_code.insurance.evaluation_set import read_evaluation_set
from pipeline_code.insurance.features import DATASET
from pipeline_code.runtime.container import Container
from pipeline_code.runtime.preparation import Preparation
from pipeline_code.runtime.split import split

# Without an evaluation set: the shares of the clean rows.
SHARES = {"train": 0.6, "test": 0.4}


def run(container: Container) -> None:
    """Write the outputs `train`, `test`, `profile` and `report`.

    The test side is the evaluation set of the raw folder. A folder without one has a part of its
    clean rows as the test side.
    """
    evaluation_set = read_evaluation_set(container.processing_input("raw"))
    with Preparation(container, DATASET, what="the clean set") as prepared:
        for rows in prepared.batches():
            if evaluation_set is None:
                prepared.write(**split(rows, SHARES))
            else:
                prepared.write(train=rows)
        if evaluation_set is not None:
            prepared.write(test=evaluation_set)
        prepared.facts["has_evaluation_set"] = evaluation_set is not None
