"""Checks this instance's share of the query's result and splits it into train and test rows."""

from collections import Counter

import pyarrow.compute as pc

from pipeline_code.runtime.container import Container
from pipeline_code.runtime.preparation import Preparation
from pipeline_code.runtime.split import split_by_key
from pipeline_code.tickit.features import DATASET, KEY, TARGET

SHARES = {"test": 0.2, "train": 0.8}


def run(container: Container) -> None:
    """Write `train`, `test`, `baseline`, `profile` and `report`, each as a part named by host.

    `baseline` contains the inputs of the train rows, for comparison with the inputs of requests.
    """
    totals = Counter(holidays=0, tickets=0)
    with Preparation(container, DATASET, what="the query's result", key=KEY) as prepared:
        for rows in prepared.batches():
            sides = split_by_key(rows, SHARES, key=KEY)
            prepared.write(**sides)
            prepared.write_inputs(baseline=sides["train"])
            for name, column in (("holidays", "holiday"), ("tickets", TARGET)):
                totals[name] += pc.sum(rows[column]).as_py() or 0
        prepared.facts.update(totals)
