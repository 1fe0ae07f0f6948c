"""Checks this instance's share of the rows, splits it and encodes it."""

import numpy as np
import pyarrow as pa

from pipeline_code.census.encoder import ENCODER, FILE
from pipeline_code.census.features import DATASET
from pipeline_code.runtime.classification import require_both_classes
from pipeline_code.runtime.container import Container
from pipeline_code.runtime.data_profile import write_profile
from pipeline_code.runtime.preparation import counts, write_ranges, write_report, write_sides
from pipeline_code.runtime.shards import read_shards
from pipeline_code.runtime.split import split
from pipeline_code.runtime.xgboost_csv import Labelled, write_labelled

SHARES = {"train": 0.6, "validation": 0.1, "test": 0.3}


def run(container: Container) -> None:
    """Write `train` and `validation` encoded, `test` raw, `encoder`, `ranges`, `profile`, `report`.

    Each file is named after this host, except encoder.json. It is the same on every host, because
    it comes from the published dictionary of the data and not from the rows.
    """
    shards = read_shards(container.processing_input("data"), DATASET.schema)
    write_profile(container, shards.table, DATASET)
    sides = split(shards.table, SHARES)
    # With several instances, one may get no rows; only training and evaluation read all rows.
    if len(container.hosts) == 1:
        for name, rows in sides.items():
            labels = DATASET.labels(rows)
            require_both_classes(labels, what=f"the side {name}", positive="of high income")
    for name in ("train", "validation"):
        _write_encoded(container, name, sides[name])
    write_ranges(container, sides["train"].select(ENCODER.columns), DATASET)
    # Raw, so that a model with another encoder can be measured on the same rows.
    write_sides(container, test=sides["test"])
    (container.processing_output("encoder") / FILE).write_text(ENCODER.to_json())
    high = {name: int(DATASET.labels(rows).sum()) for name, rows in sides.items()}
    write_report(container, counts(container, shards, sides) | {"high_income": high})


def _write_encoded(container: Container, name: str, rows: pa.Table) -> None:
    """Write the rows, but no empty file, because the built-in algorithm does not accept it."""
    folder = container.processing_output(name)
    if rows.num_rows:
        labels = DATASET.labels(rows).astype(np.int32)
        labelled = Labelled(ENCODER.encode(rows).astype(np.int32), labels)
        write_labelled(labelled, folder / f"{name}-{container.host}.csv")
