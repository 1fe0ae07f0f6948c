"""Checks this instance's share of the rows, splits it and encodes it."""

from collections import Counter

import numpy as np
import pyarrow as pa

from pipeline_code.census.encoder import ENCODER, FILE
from pipeline_code.census.features import DATASET
from pipeline_code.runtime.classification import require_both
from pipeline_code.runtime.container import Container
from pipeline_code.runtime.preparation import Preparation
from pipeline_code.runtime.split import split
from pipeline_code.runtime.xgboost_csv import Labelled

SHARES = {"train": 0.6, "validation": 0.1, "test": 0.3}


def run(container: Container) -> None:
    """Write `train` and `validation` encoded, `test` raw, and what describes the rows.

    Each file is named after this host, except encoder.json. It is the same on every host, because
    it comes from the published dictionary of the data and not from the rows.
    """
    sizes, high = Counter[str](), dict.fromkeys(SHARES, 0)
    with Preparation(container, DATASET, what="the data") as prepared:
        for rows in prepared.batches():
            sides = split(rows, SHARES)
            for name, side in sides.items():
                sizes[name] += side.num_rows
                high[name] += int(DATASET.labels(side).sum())
            encoded = {name: _encoded(sides[name]) for name in ("train", "validation")}
            prepared.write_labelled(**encoded)
            # Raw, so that a model with another encoder can be measured on the same rows.
            prepared.write(test=sides["test"])
            served = sides["train"].select(ENCODER.columns)
            prepared.add_ranges(served)
            prepared.write_inputs(baseline=served)
        # With several instances, one may get no rows; only training and evaluation read all rows.
        for name in SHARES if len(container.hosts) == 1 else ():
            require_both(
                high[name], sizes[name], what=f"the side {name}", positive="of high income"
            )
        prepared.facts["high_income"] = high
    (container.processing_output("encoder") / FILE).write_text(ENCODER.to_json())


def _encoded(rows: pa.Table) -> Labelled:
    labels = DATASET.labels(rows).astype(np.int32)
    return Labelled(ENCODER.encode(rows).astype(np.int32), labels)
