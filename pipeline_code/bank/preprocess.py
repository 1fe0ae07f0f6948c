"""Checks this instance's share of the query's result, splits it and computes the features."""

import os

from pipeline_code.bank.features import DATASET, columns_named, flow_of, raw_columns
from pipeline_code.runtime.container import Container
from pipeline_code.runtime.preparation import Preparation
from pipeline_code.runtime.split import split
from pipeline_code.runtime.xgboost_csv import Labelled

SHARES = {"train": 0.7, "validation": 0.2, "test": 0.1}
SPLIT_SEED = 1729
# The job's environment variable that selects the columns of the model.
COLUMNS_VARIABLE = "FEATURE_COLUMNS"


def run(container: Container) -> None:
    """Write `train`, `validation`, `test`, `ranges`, `baseline`, `profile` and `report`.

    Each file is named after this host. Train and validation are in XGBoost's format. Test rows stay
    raw, like the rows of a request, so that models with other features can be measured on the same
    rows.
    """
    given = os.environ.get(COLUMNS_VARIABLE, "")
    columns = columns_named(given, where=f"{COLUMNS_VARIABLE} of the job's environment")
    flow, subscribed = flow_of(columns), 0
    with Preparation(container, DATASET, what="the query's result") as prepared:
        for rows in prepared.batches():
            sides = split(rows, SHARES, seed=SPLIT_SEED)
            for name in ("train", "validation"):
                labels = DATASET.labels(sides[name]).astype(float)
                labelled = Labelled(flow.matrix(sides[name]), labels)
                prepared.write_labelled(**{name: labelled})
            served = sides["train"].select(raw_columns(columns))
            prepared.add_ranges(served)
            prepared.write_inputs(baseline=served)
            prepared.write(test=sides["test"])
            subscribed += int(DATASET.labels(rows).sum())
        prepared.facts["subscribed"] = subscribed
