"""Programs that train the same trees on CSV files: ours, and XGBoost with all rows in memory."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import xgboost
from pyarrow import csv

from pipeline_code.runtime.container import Container
from pipeline_code.runtime.tree_training import SIDES, fit_trees
from pipeline_code.runtime.xgboost_csv import Labelled, write_labelled

FEATURES = 20
ROWS_OF_FILE = 500_000
ROUNDS = 20
# A tenth of the rows is for early stopping.
VALIDATION_SHARE = 10
PARAMETERS = {"objective": "binary:logistic", "eval_metric": "logloss", "max_depth": 6, "eta": 0.1}
PLAIN = "plain XGBoost, all rows in memory"


def generate(folder: Path, rows: int) -> None:
    """Write files of labelled rows with 3 decimals for training, and a tenth for validation."""
    for side, number_of_rows in zip(SIDES, (rows, rows // VALIDATION_SHARE), strict=True):
        (folder / side).mkdir(parents=True)
        for number, start in enumerate(range(0, number_of_rows, ROWS_OF_FILE)):
            count = min(ROWS_OF_FILE, number_of_rows - start)
            part = _rows(count, np.random.default_rng([SIDES.index(side), number]))
            write_labelled(part, folder / side / f"part-{number:04}.csv")


def _rows(rows: int, random: np.random.Generator) -> Labelled:
    """Rows whose label depends on four features, and on chance."""
    features = random.normal(size=(rows, FEATURES)).round(3)
    score = features[:, 0] + features[:, 1] * features[:, 2] + np.abs(features[:, 3])
    return Labelled(features, (score > random.normal(size=rows)).astype(np.int32))


def in_blocks(source: Path, target: Path) -> None:
    """`fit_trees`, as the training of census uses it."""
    _fit_trees(source, target, ordered=False)


def in_sorted_blocks(source: Path, target: Path) -> None:
    """`fit_trees` with sorted rows, as the training of bank uses it."""
    _fit_trees(source, target, ordered=True)


def _fit_trees(source: Path, target: Path, *, ordered: bool) -> None:
    opt_ml = target / "opt_ml"
    (opt_ml / "input/config").mkdir(parents=True)
    hosts = {"current_host": "algo-1", "hosts": ["algo-1"]}
    (opt_ml / "input/config/resourceconfig.json").write_text(json.dumps(hosts))
    (opt_ml / "input/data").symlink_to(source)
    fitted = fit_trees(
        Container(opt_ml),
        PARAMETERS,
        features=FEATURES,
        rounds=ROUNDS,
        patience=ROUNDS,
        ordered=ordered,
    )
    _save(fitted.booster, target)


def in_memory(source: Path, target: Path) -> None:
    """XGBoost with a DMatrix of all rows, which pyarrow reads."""
    train, validation = (_matrix(source / side) for side in SIDES)
    booster = xgboost.Booster(PARAMETERS, [train, validation])
    for number in range(ROUNDS):
        booster.update(train, number)
        booster.eval_set([(train, "train"), (validation, "validation")], number)
    _save(booster, target)


def _matrix(folder: Path) -> xgboost.DMatrix:
    options = csv.ReadOptions(autogenerate_column_names=True)
    rows = np.vstack(
        [
            np.column_stack([column.to_numpy() for column in csv.read_csv(path, options).columns])
            for path in sorted(folder.iterdir())
        ]
    )
    return xgboost.DMatrix(rows[:, 1:], rows[:, 0])


def _save(booster: Any, target: Path) -> None:
    (target / "model").write_bytes(booster.save_raw("ubj"))


PROGRAMS = {
    "fit_trees": in_blocks,
    "fit_trees, sorted rows": in_sorted_blocks,
    PLAIN: in_memory,
}
