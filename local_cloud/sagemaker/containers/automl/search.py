"""Entry point of an AutoML job: cross-validates the candidates and writes their models.

It reads /opt/ml/input/config/automl.json and the CSV files of /opt/ml/input/data/training. It
writes the leaderboard to /opt/ml/output/leaderboard.json, and one folder per candidate to
/opt/ml/model.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import joblib
import pandas as pd
from sklearn.model_selection import KFold, StratifiedKFold, cross_validate
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import LabelEncoder

from .candidates import REGRESSION, candidates, infer_problem_type

_FOLDS = 3
_SERVING = Path(__file__).with_name("serving.py")
# The API's objective -> scikit-learn's scorer. An error has a negative scorer.
SCORERS = {
    "MSE": "neg_mean_squared_error",
    "RMSE": "neg_root_mean_squared_error",
    "MAE": "neg_mean_absolute_error",
    "R2": "r2",
    "F1": "f1",
    "F1macro": "f1_macro",
    "Accuracy": "accuracy",
    "BalancedAccuracy": "balanced_accuracy",
    "AUC": "roc_auc",
}
# The default objectives. Source: API reference, AutoMLJobObjective.
DEFAULTS = {
    REGRESSION: "MSE",
    "BinaryClassification": "F1",
    "MulticlassClassification": "Accuracy",
}


class UserError(Exception):
    """The data or the settings do not allow a search; the text is the failure reason."""


def main() -> int:
    """Run the search and return the exit code. On a failure, write a failure message."""
    root = Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"))
    try:
        search(root, json.loads((root / "input/config/automl.json").read_text()))
    except UserError as error:
        (root / "output" / "failure").write_text(str(error))
        return 1
    return 0


def search(root: Path, settings: Mapping[str, Any]) -> None:
    """Measure and fit the candidates, the best first in the leaderboard."""
    rows = _rows(root / "input" / "data" / "training", settings)
    target = rows.pop(settings["target"])
    problem_type = settings.get("problem_type") or infer_problem_type(target)
    objective = settings.get("objective") or DEFAULTS[problem_type]
    labels, classes = _encoded(target, problem_type)
    deadline = time.monotonic() + float(settings["max_seconds"])
    found: list[dict[str, Any]] = []
    for name, pipeline in list(candidates(problem_type).items())[: settings["max_candidates"]]:
        if found and time.monotonic() > deadline:
            break
        found.append(_candidate(root, name, pipeline, rows, labels, classes, objective))
        found.sort(key=lambda each: each["score"], reverse=True)
        board = {"problem_type": problem_type, "objective": objective, "candidates": found}
        (root / "output" / "leaderboard.json").write_text(json.dumps(board, indent=2))


def _candidate(
    root: Path,
    name: str,
    pipeline: Pipeline,
    rows: pd.DataFrame,
    labels: Any,
    classes: list[Any],
    objective: str,
) -> dict[str, Any]:
    started = datetime.now(UTC)
    folds = StratifiedKFold if classes else KFold
    measured = cross_validate(
        pipeline,
        rows,
        labels,
        scoring=SCORERS[objective],
        cv=folds(_FOLDS, shuffle=True, random_state=0),
        error_score="raise",
    )
    scores = measured["test_score"]
    is_error = SCORERS[objective].startswith("neg_")
    value = float(-scores.mean() if is_error else scores.mean())
    print(f"{name}: {objective} {value:.6g} (standard deviation {scores.std():.2g})", flush=True)
    _save(root / "model" / name, pipeline.fit(rows, labels), rows, classes)
    return {
        "name": name,
        "score": float(scores.mean()),
        "value": value,
        "standard_deviation": float(scores.std()),
        "maximize": not is_error,
        "started": started.isoformat(),
        "ended": datetime.now(UTC).isoformat(),
    }


def _save(folder: Path, pipeline: Pipeline, rows: pd.DataFrame, classes: list[Any]) -> None:
    """Write the model and the code that serves it."""
    (folder / "code").mkdir(parents=True)
    numbers = list(rows.select_dtypes("number").columns)
    joblib.dump(
        {"pipeline": pipeline, "columns": list(rows), "numbers": numbers, "classes": classes},
        folder / "model.joblib",
    )
    shutil.copyfile(_SERVING, folder / "code" / "inference.py")


def _rows(folder: Path, settings: Mapping[str, Any]) -> pd.DataFrame:
    """Return the rows of all files; `header` is "all", "first" or "none"."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    first = pd.read_csv(files[0], header=None if settings["header"] == "none" else "infer")
    names = list(first.columns)
    header = 0 if settings["header"] == "all" else None
    others = [pd.read_csv(path, header=header, names=names) for path in files[1:]]
    rows = pd.concat([first, *others], ignore_index=True)
    rows.columns = [str(name) for name in rows.columns]
    truths = list(rows.select_dtypes("bool").columns)
    rows[truths] = rows[truths].astype(str)  # categories, as the hosting code reads them
    if settings["target"] not in rows:
        raise UserError(
            f"The target {settings['target']!r} is not a column: {', '.join(map(str, names))}"
        )
    kept = rows.dropna(subset=[settings["target"]])
    if len(kept) < settings["min_rows"]:
        raise UserError(f"{len(kept)} rows have a target; at least {settings['min_rows']} needed")
    return kept.reset_index(drop=True)


def _encoded(target: pd.Series[Any], problem_type: str) -> tuple[Any, list[Any]]:
    """Return the labels as numbers and the classes; a regression has no classes."""
    if problem_type == REGRESSION:
        return target.astype(float), []
    counts = target.value_counts()
    if len(counts) < 2 or counts.min() < _FOLDS:
        raise UserError(
            f"Each class of the target needs at least {_FOLDS} rows, and there must be two "
            f"classes; the rows per class are {counts.head(10).to_dict()}"
        )
    encoder = LabelEncoder()
    return encoder.fit_transform(target), encoder.classes_.tolist()
