"""Fits LightGBM, a package of requirements.txt, and saves the model with its hosting code."""

from dataclasses import asdict, dataclass

import lightgbm
import numpy as np

from pipeline_code.boosted import inference
from pipeline_code.boosted.features import DATASET, feature_matrix
from pipeline_code.boosted.model import Model
from pipeline_code.runtime.container import Container
from pipeline_code.runtime.hyperparameters import parse_hyperparameters
from pipeline_code.runtime.model_code import write_code
from pipeline_code.runtime.shards import read_shards, require_rows
from pipeline_code.runtime.training_ranges import FILE, ranges_of

# The same rows give the same model.
FIXED = {
    **{"objective": "regression", "verbosity": -1, "seed": 0},
    **{"deterministic": True, "force_row_wise": True},
}


@dataclass(frozen=True)
class Hyperparameters:
    """Settings of the boosted trees: parameters of LightGBM, and the number of trees."""

    rounds: int = 100
    learning_rate: float = 0.1
    num_leaves: int = 15
    min_data_in_leaf: int = 20


def run(container: Container) -> None:
    """Fit on the channel `train` and write the model, on one host."""
    container.require_one_host("LightGBM, as it is used here,")
    settings = parse_hyperparameters(Hyperparameters, container.hyperparameters)
    shards = read_shards(container.channel("train"), DATASET.schema)
    require_rows(shards, what="the training side")
    rows = DATASET.in_order(shards.table)
    inputs, target = rows.drop_columns([DATASET.target]), DATASET.labels(rows)
    parameters = asdict(settings)
    rounds = parameters.pop("rounds")
    booster = lightgbm.train(
        {**FIXED, **parameters}, lightgbm.Dataset(feature_matrix(rows), target), rounds
    )
    facts = {
        "columns": inputs.column_names,
        "rows": rows.num_rows,
        "target_mean": float(target.mean()),
        "hyperparameters": asdict(settings),
        "lightgbm": lightgbm.__version__,
    }
    model = Model(booster, facts)
    model.save(container.model)
    ranges_of(rows, DATASET).save(container.model / FILE)
    write_code(container.model, inference)
    error = model.predict(inputs) - target
    print(f"train:rows={rows.num_rows}; train:rmse={np.sqrt(np.mean(error**2)):.4f};")
