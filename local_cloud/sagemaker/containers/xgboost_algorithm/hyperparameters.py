"""The algorithm's hyperparameters and their allowed values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .algorithm_error import UserError

TABLE = json.loads(Path(__file__).with_name("hyperparameters.json").read_text())
# The objective of a tuning job, such as validation:auc. The service adds it to training jobs.
OBJECTIVE = "_tuning_objective_metric"
PARSERS = {"integer": int, "number": float, "text": str}


def read_hyperparameters(given: Mapping[str, str], version: tuple[int, ...] = ()) -> dict[str, Any]:
    """Return the documented hyperparameters as typed values. Raises the service's UserErrors.

    `version` is that of XGBoost in the image; empty: it is not known.
    """
    named = {TABLE["aliases"].get(name, name): text for name, text in given.items()}
    if objective := named.pop(OBJECTIVE, ""):
        named["eval_metric"] = _with_objective(named.get("eval_metric", ""), objective)
    if "num_round" not in named:
        raise UserError("Missing required hyperparameter: num_round")
    old = TABLE["until_1.0"] if (0,) < version < (1, 1) else {}
    values = {name: _value(name, text, TABLE["allowed"] | old) for name, text in named.items()}
    # The installed XGBoost no longer has them; they had no effect on the model.
    return {name: value for name, value in values.items() if name not in old}


def _with_objective(metrics: str, objective: str) -> str:
    """Return the evaluation metrics with the objective as the last, which decides early stopping.

    Source: get_eval_metrics_and_feval of aws/sagemaker-xgboost-container.
    """
    metric = objective.partition(":")[2]
    others = [name for name in metrics.split(",") if name and name != metric]
    return ",".join([*others, metric])


def _value(name: str, text: str, table: Mapping[str, Any]) -> Any:
    if name in TABLE["refused"]:
        raise UserError(
            f"Hyperparameter {name}: the laptop cloud does not support {TABLE['refused'][name]}; "
            "leave it out"
        )
    if name not in table:
        raise UserError(f"Extraneous hyperparameter found: {name}")
    allowed = table[name]
    try:
        value = PARSERS[allowed["type"]](text)
    except ValueError as error:
        raise UserError(
            f"Hyperparameter {name}: could not parse value {text!r} as {allowed['type']}"
        ) from error
    _check_range(name, value, allowed)
    if name == "eval_metric":
        _check_metrics(text.split(","))
    return value


def _check_range(name: str, value: Any, allowed: Mapping[str, Any]) -> None:
    if isinstance(value, str):
        choices = allowed.get("values", [value])  # XGBoost checks hyperparameters without a list
        inside, shown = value in choices, ", ".join(choices)
    else:
        inside, shown = _is_inside(value, allowed), _interval(allowed)
    if not inside:
        raise UserError(f"Hyperparameter {name}: {value} is not in {shown}")


def _is_inside(value: float, allowed: Mapping[str, float]) -> bool:
    return (
        value >= allowed.get("from", value)
        and value <= allowed.get("to", value)
        and not value <= allowed.get("above", float("-inf"))
        and not value >= allowed.get("below", float("inf"))
    )


def _interval(allowed: Mapping[str, float]) -> str:
    """Return the allowed numbers as an interval, such as (0, 1]."""
    low = f"[{allowed['from']}" if "from" in allowed else f"({allowed.get('above', '-inf')}"
    high = f"{allowed['to']}]" if "to" in allowed else f"{allowed.get('below', '+inf')})"
    return f"{low}, {high}"


def _check_metrics(names: list[str]) -> None:
    refused = [name for name in names if name in TABLE["refused_metrics"]]
    if refused:
        raise UserError(
            f"Hyperparameter eval_metric: the laptop cloud does not support the container's own "
            f"metrics ({', '.join(refused)}); use XGBoost's, such as logloss, error or auc"
        )
