"""Script mode: fits the model on the channels of the built-in algorithm, and saves how to host it.

The same data and hyperparameters give the same model as the built-in algorithm.
"""

import shutil
from dataclasses import asdict, dataclass

import xgboost

from pipeline_code.census.encoder import FILE
from pipeline_code.census.matrix import read_matrix
from pipeline_code.census.model import MODEL_FILE
from pipeline_code.runtime.container import Container
from pipeline_code.runtime.hyperparameters import parse_hyperparameters
from pipeline_code.runtime.model_code import write_code

INFERENCE = "pipeline_code.census.inference"
HOSTED = (
    "pipeline_code.census",
    "pipeline_code.census.encoder",
    "pipeline_code.census.model",
    "pipeline_code.census.features",
)


@dataclass(frozen=True)
class Hyperparameters:
    """The hyperparameters of the built-in algorithm that this script knows, with its defaults."""

    num_round: int
    objective: str = "binary:logistic"
    eval_metric: str = "logloss"
    eta: float = 0.3
    max_depth: int = 6
    min_child_weight: float = 1.0
    subsample: float = 1.0
    colsample_bytree: float = 1.0
    early_stopping_rounds: int = 50
    seed: int = 0


def run(container: Container) -> None:
    """Fit on `train` until `validation` gets no better; hosts but the first do nothing."""
    if not container.fits_here():
        return
    settings = parse_hyperparameters(Hyperparameters, container.hyperparameters)
    for name in ("train", "validation"):
        container.require_whole_channel(name)
    booster = fit(container, settings)
    (container.model / MODEL_FILE).write_bytes(booster.save_raw("ubj"))
    shutil.copyfile(container.channel("encoder") / FILE, container.model / FILE)
    write_code(container.model, inference=INFERENCE, modules=HOSTED, image="xgboost")


def fit(container: Container, settings: Hyperparameters) -> xgboost.Booster:
    """The booster of the round that is best on the validation rows."""
    matrices = []
    for name in ("train", "validation"):
        labels, features = read_matrix(container.channel(name))
        matrices.append((xgboost.DMatrix(features, labels), name))
    values = asdict(settings)
    rounds = values.pop("num_round")
    patience = values.pop("early_stopping_rounds")
    return xgboost.train(
        values,
        matrices[0][0],
        rounds,
        evals=matrices,
        callbacks=[xgboost.callback.EarlyStopping(rounds=patience, save_best=True)],
        verbose_eval=50,
    )
