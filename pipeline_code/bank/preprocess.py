"""Checks this instance's share of the query's result, splits it and computes the features."""

import os

from pipeline_code.bank.features import DATASET, columns_named, feature_matrix, raw_columns
from pipeline_code.runtime.container import Container
from pipeline_code.runtime.data_profile import write_profile
from pipeline_code.runtime.preparation import (
    counts,
    read_rows,
    write_ranges,
    write_report,
    write_sides,
)
from pipeline_code.runtime.split import split
from pipeline_code.runtime.xgboost_csv import Labelled, write_labelled

SHARES = {"train": 0.7, "validation": 0.2, "test": 0.1}
SPLIT_SEED = 1729
# The job's environment variable that selects the columns of the model.
COLUMNS_VARIABLE = "FEATURE_COLUMNS"


def run(container: Container) -> None:
    """Write `train`, `validation`, `test`, `ranges`, `profile` and `report`, named after this host.

    Train and validation are in XGBoost's format. Test rows stay raw, like the rows of a request, so
    that models with other features can be measured on the same rows.
    """
    given = os.environ.get(COLUMNS_VARIABLE, "")
    columns = columns_named(given, where=f"{COLUMNS_VARIABLE} of the job's environment")
    shards = read_rows(container, DATASET.schema, what="the query's result")
    write_profile(container, shards.table, DATASET)
    sides = split(shards.table, SHARES, seed=SPLIT_SEED)
    for name in ("train", "validation"):
        labels = DATASET.labels(sides[name]).astype(float)
        path = container.processing_output(name) / f"part-{container.host}.csv"
        write_labelled(Labelled(feature_matrix(sides[name], columns), labels), path)
    write_ranges(container, sides["train"].select(raw_columns(columns)), DATASET)
    write_sides(container, test=sides["test"])
    subscribed = int(DATASET.labels(shards.table).sum())
    write_report(container, counts(container, shards, sides) | {"subscribed": subscribed})
