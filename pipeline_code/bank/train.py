"""Fits boosted trees on the train rows with early stopping on validation rows; saves the model."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipeline_code.bank import inference
from pipeline_code.bank.features import columns_named, feature_names
from pipeline_code.runtime.classification import require_both_classes
from pipeline_code.runtime.container import Container
from pipeline_code.runtime.hyperparameters import parse_hyperparameters
from pipeline_code.runtime.model_code import write_code
from pipeline_code.runtime.training_ranges import FILE, merged_ranges
from pipeline_code.runtime.xgboost_csv import Labelled, read_labelled


@dataclass(frozen=True)
class Hyperparameters:
    """The columns that the model uses, and XGBoost's parameters for the trees."""

    columns: str = "campaign"
    num_round: int = 300
    early_stopping_rounds: int = 25
    eta: float = 0.1
    max_depth: int = 7
    min_child_weight: float = 3.0
    gamma: float = 1.0
    reg_lambda: float = 3.0
    subsample: float = 0.8
    colsample_bynode: float = 0.3
    num_parallel_tree: int = 5
    seed: int = 0


@dataclass(frozen=True)
class Fitted:
    """The trees up to the best round, and the AUC of that round on train and validation rows."""

    booster: Any
    auc: dict[str, float]


def run(container: Container) -> None:
    """Fit on the channel `train`, evaluate on the channel `validation`, and write the model."""
    settings = parse_hyperparameters(Hyperparameters, container.hyperparameters)
    columns = columns_named(settings.columns, where="hyperparameter columns")
    names = feature_names(columns)
    sides = {side: _side(container, side, names) for side in ("train", "validation")}
    fitted = fit(sides, names, settings)
    facts = {
        "columns": columns,
        "features": names,
        "rows": {side: len(labelled.labels) for side, labelled in sides.items()},
        "rounds": fitted.booster.num_boosted_rounds(),
        "auc": fitted.auc,
        "hyperparameters": asdict(settings),
    }
    _save(fitted.booster, facts, folder=container.model)
    merged_ranges(container.channel("ranges").iterdir()).save(container.model / FILE)
    print(f"train:rows={facts['rows']['train']}; rounds={facts['rounds']};")
    print("".join(f"{side}:auc={auc:.4f}; " for side, auc in fitted.auc.items()))


def fit(sides: dict[str, Labelled], names: list[str], settings: Hyperparameters) -> Fitted:
    """Fit binary:logistic trees on `train`, and keep those up to the best `validation` round."""
    # The import takes a second, so jobs with invalid input should fail before it.
    import xgboost

    matrices = {
        side: xgboost.DMatrix(labelled.features, labelled.labels, feature_names=names)
        for side, labelled in sides.items()
    }
    course: dict[str, Any] = {}
    booster = xgboost.train(
        _parameters(settings),
        matrices["train"],
        settings.num_round,
        evals=[(matrix, side) for side, matrix in matrices.items()],
        early_stopping_rounds=settings.early_stopping_rounds,
        evals_result=course,
        verbose_eval=False,
    )
    best = booster.best_iteration
    auc = {side: float(course[side]["auc"][best]) for side in matrices}
    return Fitted(booster[: best + 1], auc)


def _parameters(settings: Hyperparameters) -> dict[str, Any]:
    parameters = asdict(settings)
    for name in ("columns", "num_round", "early_stopping_rounds"):
        del parameters[name]
    return {**parameters, "objective": "binary:logistic", "eval_metric": "auc"}


def _side(container: Container, name: str, features: list[str]) -> Labelled:
    labelled = read_labelled(container.channel(name), features=len(features)).in_order()
    require_both_classes(labelled.labels == 1, what=name, positive="subscribed")
    return labelled


def _save(booster: Any, facts: dict[str, Any], *, folder: Path) -> None:
    booster.save_model(folder / "model.ubj")
    (folder / "model.json").write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    write_code(folder, inference)
