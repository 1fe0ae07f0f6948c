"""Fits boosted trees on the train rows with early stopping on validation rows; saves the model."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipeline_code.bank import inference
from pipeline_code.bank.features import columns_named, flow_of
from pipeline_code.runtime.container import Container
from pipeline_code.runtime.hyperparameters import parse_hyperparameters
from pipeline_code.runtime.model_code import write_code
from pipeline_code.runtime.training_ranges import FILE, merged_ranges
from pipeline_code.runtime.tree_training import fit_trees


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


def run(container: Container) -> None:
    """Fit on the channel `train`, evaluate on the channel `validation`, and write the model."""
    settings = parse_hyperparameters(Hyperparameters, container.hyperparameters)
    columns = columns_named(settings.columns, where="hyperparameter columns")
    names = list(flow_of(columns).features)
    fitted = fit_trees(
        container,
        _parameters(settings),
        features=len(names),
        names=names,
        rounds=settings.num_round,
        patience=settings.early_stopping_rounds,
        ordered=True,
        positive="subscribed",
    )
    if not container.is_first_host:
        return
    auc = {side: fitted.metrics[f"{side}-auc"] for side in fitted.rows}
    facts = {
        "columns": columns,
        "features": names,
        "rows": fitted.rows,
        "rounds": fitted.booster.num_boosted_rounds(),
        "auc": auc,
        "hyperparameters": asdict(settings),
    }
    _save(fitted.booster, facts, folder=container.model)
    merged_ranges(container.channel("ranges").iterdir()).save(container.model / FILE)
    print(f"train:rows={fitted.rows['train']}; rounds={facts['rounds']};")
    print("".join(f"{side}:auc={each:.4f}; " for side, each in auc.items()))


def _parameters(settings: Hyperparameters) -> dict[str, Any]:
    parameters = asdict(settings)
    for name in ("columns", "num_round", "early_stopping_rounds"):
        del parameters[name]
    return {**parameters, "objective": "binary:logistic", "eval_metric": "auc"}


def _save(booster: Any, facts: dict[str, Any], *, folder: Path) -> None:
    booster.save_model(folder / "model.ubj")
    (folder / "model.json").write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    write_code(folder, inference)
