"""Checks this instance's share of the data and splits it into a train and a test side."""

import json

from pipeline_code.boosted.features import DATASET
from pipeline_code.runtime.container import Container
from pipeline_code.runtime.data_profile import write_profile
from pipeline_code.runtime.preparation import counts, read_rows, write_sides
from pipeline_code.runtime.split import split

SHARES = {"train": 0.8, "test": 0.2}


def run(container: Container) -> None:
    """Write the outputs `train`, `test` and `profile`, each as a part named after this host."""
    shards = read_rows(container, DATASET.schema, what="the data")
    write_profile(container, shards.table, DATASET)
    sides = split(shards.table, SHARES)
    write_sides(container, **sides)
    print(json.dumps(counts(container, shards, sides)))
