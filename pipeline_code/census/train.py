"""Fits the model on the channels of the built-in algorithm and saves it with its hosting code.

With the same data and hyperparameters, the model is the same as that of the built-in algorithm.
"""

from dataclasses import asdict, dataclass

from pipeline_code.census.encoder import FILE, Encoder
from pipeline_code.census.saved_model import save_model
from pipeline_code.runtime.container import Container
from pipeline_code.runtime.hyperparameters import parse_hyperparameters
from pipeline_code.runtime.tree_training import fit_trees


@dataclass(frozen=True)
class Hyperparameters:
    """The supported hyperparameters of the built-in algorithm, with its defaults."""

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
    """Fit on `train` with early stopping on `validation`, on the rows of all hosts."""
    values = asdict(parse_hyperparameters(Hyperparameters, container.hyperparameters))
    encoder = Encoder.from_json((container.channel("encoder") / FILE).read_text())
    rounds, patience = values.pop("num_round"), values.pop("early_stopping_rounds")
    fitted = fit_trees(
        container, values, features=len(encoder.names), rounds=rounds, patience=patience
    )
    if container.is_first_host:
        save_model(container, fitted.booster.save_raw("ubj"))
