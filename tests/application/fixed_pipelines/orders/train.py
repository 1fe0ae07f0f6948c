"""Fits a linear model on the rows of the database."""

from dataclasses import dataclass
from typing import Any

from fixed_pipelines.orders import inference
from fixed_pipelines.orders.features import DATASET, FLOW
from pipeline_code.runtime.container import Container
from pipeline_code.runtime.estimator_training import train_estimator


@dataclass(frozen=True)
class Hyperparameters:
    """Whether the model has an intercept."""

    intercept: bool = True


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
    """Return a linear regression."""
    from sklearn.linear_model import LinearRegression

    return LinearRegression(fit_intercept=settings.intercept)
