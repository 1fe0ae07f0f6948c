"""The training step of a pipeline whose model is a scikit-learn regressor."""

from collections.abc import Callable
from dataclasses import asdict
from types import ModuleType
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa

from pipeline_code.runtime.container import Container
from pipeline_code.runtime.dataset import Dataset
from pipeline_code.runtime.estimator_model import EstimatorModel, Features, Numbers
from pipeline_code.runtime.hyperparameters import parse_hyperparameters
from pipeline_code.runtime.model_code import write_code
from pipeline_code.runtime.shards import read_shards, require_rows
from pipeline_code.runtime.training_ranges import FILE, ranges_of

T = TypeVar("T")


def train_regressor(
    container: Container,
    dataset: Dataset,
    *,
    features: Features,
    hyperparameters: type[T],
    fit: Callable[[Numbers, Numbers, T], Any],
    inference: ModuleType,
    least_rows: int = 2,
) -> None:
    """Fit on the channel `train` and write the model; only the first host fits a model.

    `features` returns the matrix of raw rows, of shape (rows, features). `fit` returns the fitted
    estimator for a matrix, the target and an instance of the dataclass `hyperparameters`.
    `inference` is the module that hosts the model. Raises SettingError and DataError, also for
    fewer than `least_rows` rows.
    """
    if not container.fits_model():
        return
    settings = parse_hyperparameters(hyperparameters, container.hyperparameters)
    rows = training_rows(container, dataset, least=least_rows)
    matrix, target = features(rows), dataset.labels(rows)
    estimator = fit(matrix, target, settings)
    facts = {
        "columns": [name for name in rows.column_names if name != dataset.target],
        "rows": rows.num_rows,
        "target_mean": float(target.mean()),
        "hyperparameters": asdict(settings),  # type: ignore[call-overload]
    }
    save_trained(container, dataset, rows, EstimatorModel(estimator, facts), inference)
    error = estimator.predict(matrix) - target
    print(f"train:rows={rows.num_rows}; train:rmse={np.sqrt(np.mean(error**2)):.4f};")


def training_rows(container: Container, dataset: Dataset, *, least: int = 2) -> pa.Table:
    """All rows of the channel `train`, in order; raises DataError for fewer than `least`."""
    container.require_whole_channel("train")
    shards = read_shards(container.channel("train"), dataset.schema)
    require_rows(shards, what="the training side", least=least)
    return dataset.in_order(shards.table)


def save_trained(
    container: Container,
    dataset: Dataset,
    rows: pa.Table,
    model: EstimatorModel,
    inference: ModuleType,
) -> None:
    """Write the model that was fitted on `rows`, their ranges, and the hosting code."""
    model.save(container.model)
    ranges_of(rows, dataset).save(container.model / FILE)
    write_code(container.model, inference)
