"""Trains according to a job's /opt/ml/input and writes the model to /opt/ml/model."""

from __future__ import annotations

import json
import os
import pickle
import sys
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .algorithm_error import UserError
from .channel_data import has_files, read_matrix
from .distributed import connected, hosts_with_data
from .hyperparameters import read_hyperparameters

CHANNELS = ("train", "validation")
MAX_MESSAGE_CHARACTERS = 1000


def main() -> int:
    """Train according to /opt/ml/input. Return the exit code.

    The argument after the name of this module is the version of XGBoost in the image, or empty.
    """
    opt_ml = Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"))
    # Threads that spin while they wait make small trainings slow on a busy machine.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    try:
        train(opt_ml, tuple(int(part) for part in sys.argv[2].split(".") if part))
    # Top level of the container: the user must see every error.
    except Exception as error:
        traceback.print_exc()
        own = isinstance(error, UserError)
        message = str(error) if own else f"{type(error).__name__}: {error}"
        (opt_ml / "output").mkdir(parents=True, exist_ok=True)
        (opt_ml / "output" / "failure").write_text(message[:MAX_MESSAGE_CHARACTERS])
        return 1
    return 0


def train(opt_ml: Path, version: tuple[int, ...]) -> None:
    """Read settings and channels, train, and write /opt/ml/model/xgboost-model."""
    config = opt_ml / "input" / "config"
    settings = read_hyperparameters(_read_json(config / "hyperparameters.json"), version)
    channels = _read_json(config / "inputdataconfig.json")
    _check_channels(channels)
    resources = _read_json(config / "resourceconfig.json")
    hosts, current = sorted(resources["hosts"]), resources["current_host"]
    weights = bool(settings.pop("csv_weights", 0))
    data = opt_ml / "input" / "data"
    named = [name for name in CHANNELS if name in channels]
    has_data = all(has_files(data / name) for name in named)
    trained = hosts_with_data(hosts, current, has_data=has_data or len(hosts) == 1)
    if current not in trained:
        print(f"Host {current} not being used for distributed training.")
        return
    matrices = [
        (read_matrix(data / name, channels[name], weights=weights and name == "train"), name)
        for name in named
    ]
    with connected(trained, current):
        model = fit(settings, matrices)
    if current != trained[0]:
        return
    (opt_ml / "model").mkdir(parents=True, exist_ok=True)
    (opt_ml / "model" / "xgboost-model").write_bytes(_saved(model, version))


def _saved(model: Any, version: tuple[int, ...]) -> bytes:
    """Return the content of the model's file. Images before 1.3 write a pickle.

    Source: algorithm_mode/train.py at the tags v1.0-1, v1.2-1 and v1.3-1 of
    https://github.com/aws/sagemaker-xgboost-container
    """
    is_pickle = (0,) < version < (1, 3)
    return pickle.dumps(model, protocol=4) if is_pickle else bytes(model.save_raw("ubj"))


def fit(settings: dict[str, Any], matrices: Sequence[tuple[Any, str]]) -> Any:
    """Return the trained booster; with early stopping, the booster of the best round."""
    import xgboost

    rounds = settings.pop("num_round")
    patience = settings.pop("early_stopping_rounds", None)
    if "eval_metric" in settings:
        settings["eval_metric"] = settings["eval_metric"].split(",")
    callbacks: list[Any] = [_printer()]
    if patience is not None:
        callbacks.append(xgboost.callback.EarlyStopping(rounds=patience, save_best=True))
    try:
        return xgboost.train(
            settings,
            matrices[0][0],
            rounds,
            evals=list(matrices),
            callbacks=callbacks,
            verbose_eval=False,
        )
    except (xgboost.core.XGBoostError, ValueError) as error:
        reason = str(error).partition("\nStack trace")[0]
        raise UserError(f"XGB train call failed with exception:\n {reason}") from error


def _check_channels(channels: Mapping[str, Any]) -> None:
    if "train" not in channels:
        raise UserError("Missing required channel: train")
    extra = sorted({*channels} - {*CHANNELS})
    if extra:
        raise UserError(f"Extraneous channel found: {', '.join(extra)}")


def _printer() -> Any:
    """Return a callback that prints each round once, in the format of the service's logs."""
    import xgboost

    class Printer(xgboost.callback.TrainingCallback):
        def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
            figures = [
                f"{channel}-{metric}:{values[-1]:.5f}"
                for channel, metrics in evals_log.items()
                for metric, values in metrics.items()
            ]
            if xgboost.collective.get_rank() == 0:
                print("#011".join([f"[{epoch}]", *figures]), flush=True)
            return False

    return Printer()


def _read_json(path: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(path.read_text()) if path.is_file() else {}
    return read
