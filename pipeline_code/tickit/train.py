"""Fits the model of tickets sold on all training rows and saves it with the code that hosts it."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from pipeline_code.runtime.container import Container
from pipeline_code.runtime.estimator_io import save_estimator
from pipeline_code.runtime.hyperparameters import parse_hyperparameters
from pipeline_code.runtime.model_code import write_code
from pipeline_code.runtime.shards import read_shards, require_rows
from pipeline_code.tickit.features import SCHEMA, TARGET, features, in_order, target

INFERENCE = "pipeline_code.tickit.inference"
HOSTED = (
    "pipeline_code.runtime.estimator_io",
    "pipeline_code.tickit",
    "pipeline_code.tickit.features",
)
# A venue is seen as the mean of its rows outside the fold that a row is in.
VENUE_FOLDS = 5


@dataclass(frozen=True)
class Hyperparameters:
    """Settings of the boosted trees (sklearn.ensemble.HistGradientBoostingRegressor)."""

    learning_rate: float = 0.05
    max_iter: int = 150
    max_leaf_nodes: int = 8
    min_samples_leaf: int = 30
    l2_regularization: float = 0.0
    seed: int = 0


def run(container: Container) -> None:
    """Fit on the channel `train` and write the model; hosts but the first have nothing to do."""
    if not container.fits_here():
        return
    settings = parse_hyperparameters(Hyperparameters, container.hyperparameters)
    container.require_whole_channel("train")
    shards = read_shards(container.channel("train"), SCHEMA)
    require_rows(shards, what="the training side", least=VENUE_FOLDS)
    rows = in_order(shards.table)
    estimator = fit(rows, settings)
    _save(estimator, _facts(rows, settings), folder=container.model)
    error = estimator.predict(features(rows)) - target(rows)
    print(f"train:rows={rows.num_rows}; train:rmse={np.sqrt(np.mean(error**2)):.4f};")


def fit(rows: pa.Table, settings: Hyperparameters) -> Any:
    """The fitted scikit-learn pipeline over `features(rows)`; it holds only their own classes."""
    # Imported here because it takes a second: jobs that refuse their input end before.
    from sklearn.compose import ColumnTransformer
    from sklearn.ensemble import HistGradientBoostingRegressor
    from sklearn.model_selection import KFold
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import TargetEncoder

    values = asdict(settings)
    seed = values.pop("seed")
    folds = KFold(n_splits=VENUE_FOLDS, shuffle=True, random_state=seed)
    venue = TargetEncoder(target_type="continuous", cv=folds)
    estimator = make_pipeline(
        ColumnTransformer([("venue", venue, [0])], remainder="passthrough"),
        HistGradientBoostingRegressor(**values, early_stopping=False, random_state=seed),
    )
    return estimator.fit(features(rows), target(rows))


def _facts(rows: pa.Table, settings: Hyperparameters) -> dict[str, Any]:
    return {
        "columns": [name for name in rows.column_names if name != TARGET],
        "rows": rows.num_rows,
        "target_mean": float(target(rows).mean()),
        "hyperparameters": asdict(settings),
    }


def _save(estimator: Any, facts: dict[str, Any], *, folder: Path) -> None:
    save_estimator(estimator, folder / "model.pickle")
    (folder / "model.json").write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    write_code(folder, inference=INFERENCE, modules=HOSTED, image="scikit_learn")
