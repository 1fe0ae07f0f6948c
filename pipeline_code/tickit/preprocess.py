"""Checks this instance's share of the query's result and splits it into train and test rows."""

import pyarrow.compute as pc

from pipeline_code.runtime.container import Container
from pipeline_code.runtime.data_profile import write_profile
from pipeline_code.runtime.monitored_inputs import write_inputs
from pipeline_code.runtime.preparation import counts, read_rows, write_report, write_sides
from pipeline_code.runtime.split import split_by_key
from pipeline_code.tickit.features import DATASET, KEY, TARGET

SHARES = {"test": 0.2, "train": 0.8}


def run(container: Container) -> None:
    """Write `train`, `test`, `baseline`, `profile` and `report`, each as a part named by host.

    `baseline` contains the inputs of the train rows, for comparison with the inputs of requests.
    """
    shards = read_rows(container, DATASET.schema, what="the query's result")
    sides = split_by_key(shards.table, SHARES, key=KEY)
    write_sides(container, **sides)
    write_profile(container, shards.table, DATASET, key=KEY)
    baseline = container.processing_output("baseline")
    write_inputs(sides["train"], DATASET.inputs, baseline, host=container.host)
    totals = {
        "holidays": pc.sum(shards.table["holiday"]).as_py() or 0,
        "tickets": pc.sum(shards.table[TARGET]).as_py() or 0,
    }
    write_report(container, counts(container, shards, sides) | totals)
