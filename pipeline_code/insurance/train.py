"""Fits the model of buyers and saves it with its hosting code."""

from dataclasses import dataclass
from typing import Any

from pipeline_code.insurance import inference
from pipeline_code.insurance.features import DATASET, FLOW
from pipeline_code.runtime.container import Container
from pipeline_code.runtime.estimator_training import train_estimator


@dataclass(frozen=True)
class Hyperparameters:
    """Settings of the logistic regression: `c` is the inverse of its regularisation."""

    c: float = 0.01
    max_iter: int = 2_000


def run(container: Container) -> None:
    """Fit on the channel `train` and write the model."""
    train_estimator(
        container,
        DATASET,
        FLOW,
        hyperparameters=Hyperparameters,
        estimator=estimator,
        inference=inference,
    )


def estimator(settings: Hyperparameters) -> Any:
    """Return a logistic regression of standardised codes."""
    # The import takes a second, so jobs with invalid input should fail before it.
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(
        StandardScaler(), LogisticRegression(C=settings.c, max_iter=settings.max_iter)
    )
