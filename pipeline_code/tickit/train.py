"""Fits the model of sold tickets and saves it with its hosting code."""

from dataclasses import asdict, dataclass
from typing import Any

from pipeline_code.runtime.container import Container
from pipeline_code.runtime.estimator_training import train_estimator
from pipeline_code.tickit import inference
from pipeline_code.tickit.features import DATASET, FLOW

# For each fold, a venue is encoded as the mean of its rows in the other folds.
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
    """Fit on the channel `train` and write the model."""
    train_estimator(
        container,
        DATASET,
        FLOW,
        hyperparameters=Hyperparameters,
        estimator=estimator,
        inference=inference,
        least_rows=VENUE_FOLDS,
    )


def estimator(settings: Hyperparameters) -> Any:
    """Return the scikit-learn pipeline, which contains only classes of scikit-learn."""
    # The import takes a second, so jobs with invalid input should fail before it.
    from sklearn.compose import ColumnTransformer
    from sklearn.ensemble import HistGradientBoostingRegressor
    from sklearn.model_selection import KFold
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import TargetEncoder

    values = asdict(settings)
    seed = values.pop("seed")
    folds = KFold(n_splits=VENUE_FOLDS, shuffle=True, random_state=seed)
    venue = TargetEncoder(target_type="continuous", cv=folds)
    return make_pipeline(
        ColumnTransformer([("venue", venue, [0])], remainder="passthrough"),
        HistGradientBoostingRegressor(**values, early_stopping=False, random_state=seed),
    )
