"""The training step of a pipeline whose model is a flow and a scikit-learn estimator."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from types import ModuleType
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline_code.runtime.container import Container
from pipeline_code.runtime.dataset import Dataset
from pipeline_code.runtime.estimator_model import EstimatorModel
from pipeline_code.runtime.flows.flow import Flow
from pipeline_code.runtime.hyperparameters import parse_hyperparameters
from pipeline_code.runtime.job_errors import DataError, SettingError
from pipeline_code.runtime.model_code import write_code
from pipeline_code.runtime.problems import problem_of
from pipeline_code.runtime.schema import Schema
from pipeline_code.runtime.shards import read_shards, require_rows
from pipeline_code.runtime.training_ranges import FILE, ranges_of

T = TypeVar("T")
Numbers = npt.NDArray[np.float64]
NO_SOURCES: Mapping[str, Schema] = {}


def train_estimator(
    container: Container,
    dataset: Dataset,
    flow: Flow,
    *,
    hyperparameters: type[T],
    estimator: Callable[[T], Any],
    inference: ModuleType,
    least_rows: int = 2,
    sources: Mapping[str, Schema] = NO_SOURCES,
) -> None:
    """Fit on the channel `train` and write the model, on one host.

    `estimator` returns an estimator for an instance of the dataclass `hyperparameters`. It is a
    classifier if the data set has `positive` or `classes`. `inference` is the module that hosts the
    model. `sources` are the channels with the rows of `Join`, and their columns. Raises
    SettingError and DataError, also for fewer than `least_rows` rows, or if a class has no training
    rows.
    """
    container.require_one_host("an estimator of scikit-learn")
    if flow.target != dataset.target:
        raise SettingError(
            f"the flow has the target {flow.target!r}, the data set {dataset.target!r}: must be "
            "the same column, otherwise it is a feature"
        )
    settings = parse_hyperparameters(hyperparameters, container.hyperparameters)
    rows = _training_rows(container, dataset, least=least_rows)
    target = dataset.labels(rows)
    problem_of(dataset).check_training(dataset, target)
    joined = {name: _source(container, name, schema) for name, schema in sources.items()}
    fitted = flow.fit_table(rows, sources=joined)
    matrix = fitted.training_matrix(rows)
    # Estimators do not accept a feature without any value.
    used: npt.NDArray[np.bool_] = np.asarray(~np.isnan(matrix).all(axis=0))
    if not used.any():
        raise DataError("no feature has a value in the training rows: check the query")
    fitted, matrix = fitted.selected(used), matrix[:, used]
    trained = estimator(settings).fit(matrix, target)
    facts = {
        "columns": list(fitted.columns),
        "rows": rows.num_rows,
        "target_mean": dataset.target_mean(target),
        "hyperparameters": asdict(settings),  # type: ignore[call-overload]
        "classifier": dataset.positive is not None or bool(dataset.classes),
        "classes": list(dataset.classes),
    }
    EstimatorModel(trained, facts, fitted).save(container.model)
    ranges_of(rows, dataset).save(container.model / FILE)
    write_code(container.model, inference)
    print(f"train:rows={rows.num_rows}; {_quality(trained, matrix, target, facts)}")


def _training_rows(container: Container, dataset: Dataset, *, least: int) -> pa.Table:
    """All rows of the channel `train`, in order; raises DataError for fewer than `least`."""
    shards = read_shards(container.channel("train"), dataset.schema)
    require_rows(shards, what="the training side", least=least)
    return dataset.in_order(shards.table)


def _source(container: Container, name: str, schema: Schema) -> pa.Table:
    return read_shards(container.channel(name), schema).table


def _quality(trained: Any, matrix: Numbers, target: Numbers, facts: dict[str, Any]) -> str:
    """The metric of the training rows that is written to the log."""
    if facts["classifier"]:
        return f"train:score={trained.score(matrix, target):.4f};"
    error = trained.predict(matrix) - target
    return f"train:rmse={np.sqrt(np.mean(error**2)):.4f};"
