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
from pipeline_code.runtime.estimator_blocks import (
    Trained,
    can_fit_blocks,
    fit_blocks,
    flow_rows,
    used_features,
)
from pipeline_code.runtime.estimator_model import EstimatorModel
from pipeline_code.runtime.flows.flow import Flow
from pipeline_code.runtime.hyperparameters import parse_hyperparameters
from pipeline_code.runtime.job_errors import SettingError
from pipeline_code.runtime.model_code import write_code
from pipeline_code.runtime.problems import problem_of
from pipeline_code.runtime.schema import Schema
from pipeline_code.runtime.shards import TooManyRows, read_shards, require_rows
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

    Rows that do not fit in memory are fitted block by block if the estimator has `partial_fit`.
    `estimator` returns an estimator for an instance of the dataclass `hyperparameters`. It is a
    classifier if the data set has `positive` or `classes`. `inference` is the module that hosts the
    model. `sources` are the channels with the rows of `Join`, and their columns. Raises
    SettingError and DataError, also for fewer than `least_rows` rows, or if a class has no training
    rows; TooManyRows if the rows do not fit in memory, and the estimator has no `partial_fit`.
    """
    container.require_one_host("an estimator of scikit-learn")
    _check_targets(flow, dataset)
    settings = parse_hyperparameters(hyperparameters, container.hyperparameters)
    joined = {name: _source(container, name, schema) for name, schema in sources.items()}
    try:
        rows = _training_rows(container, dataset, least=least_rows)
    except TooManyRows:
        unfitted = for_targets(estimator(settings), dataset)
        if not can_fit_blocks(unfitted):
            raise
        trained = fit_blocks(container, dataset, flow, unfitted, joined)
    else:
        trained = _fit(rows, dataset, flow, lambda: estimator(settings), joined)
    facts = {
        "columns": list(trained.flow.columns),
        "rows": trained.rows,
        "target_mean": trained.target_mean,
        "hyperparameters": asdict(settings),  # type: ignore[call-overload]
        "classifier": _is_classifier(dataset),
        "classes": list(dataset.classes),
    }
    EstimatorModel(trained.estimator, facts, trained.flow).save(container.model)
    trained.ranges.save(container.model / FILE)
    write_code(container.model, inference)
    print(f"train:rows={trained.rows}; {trained.quality}")


def for_targets(estimator: Any, dataset: Dataset) -> Any:
    """Return an estimator that predicts all targets of the data set.

    It is the estimator itself if it supports several targets, as trees and linear models do.
    Otherwise it is a MultiOutputRegressor, which fits a copy for each target
    (https://scikit-learn.org/stable/modules/multiclass.html#multioutputregressor).
    """
    if not dataset.has_several_targets:
        return estimator
    from sklearn.multioutput import MultiOutputRegressor
    from sklearn.utils import get_tags

    is_native = get_tags(estimator).target_tags.multi_output
    return estimator if is_native else MultiOutputRegressor(estimator)


def _check_targets(flow: Flow, dataset: Dataset) -> None:
    """Raise SettingError if a target would be a feature."""
    if dataset.has_several_targets:
        wrong = [name for name in flow.schema.names if name in dataset.targets]
        if wrong or flow.target is not None:
            raise SettingError(
                f"the flow has the columns {', '.join(flow.schema.names)}, and the targets of the "
                f"data set are {', '.join(dataset.targets)}: a flow for several targets has the "
                "inputs only and no target, as in Flow(DATASET.inputs, [...])"
            )
    elif flow.target != dataset.target:
        raise SettingError(
            f"the flow has the target {flow.target!r}, the data set {dataset.target!r}: must be "
            "the same column, otherwise it is a feature"
        )


def _fit(
    rows: pa.Table,
    dataset: Dataset,
    flow: Flow,
    estimator: Callable[[], Any],
    sources: Mapping[str, pa.Table],
) -> Trained:
    """Fit on rows in memory."""
    target = dataset.labels(rows)
    problem_of(dataset).check_training(dataset, target)
    fitted = flow.fit_table(flow_rows(rows, dataset), sources=sources)
    matrix = fitted.training_matrix(rows)
    used = used_features(~np.isnan(matrix).all(axis=0))
    fitted, matrix = fitted.selected(used), matrix[:, used]
    trained = for_targets(estimator(), dataset).fit(matrix, target)
    return Trained(
        trained,
        fitted,
        rows.num_rows,
        dataset.target_mean(target),
        ranges_of(rows, dataset),
        _quality(trained, matrix, target, is_classifier=_is_classifier(dataset)),
    )


def _is_classifier(dataset: Dataset) -> bool:
    return dataset.positive is not None or bool(dataset.classes)


def _training_rows(container: Container, dataset: Dataset, *, least: int) -> pa.Table:
    """All rows of the channel `train`, in order; raises DataError for fewer than `least`."""
    shards = read_shards(container.channel("train"), dataset.schema)
    require_rows(shards, what="the training side", least=least)
    return dataset.in_order(shards.table)


def _source(container: Container, name: str, schema: Schema) -> pa.Table:
    return read_shards(container.channel(name), schema).table


def _quality(trained: Any, matrix: Numbers, target: Numbers, *, is_classifier: bool) -> str:
    """The metric of the training rows that is written to the log."""
    if is_classifier:
        return f"train:score={trained.score(matrix, target):.4f};"
    error = trained.predict(matrix) - target  # of several targets, over all of them
    return f"train:rmse={np.sqrt(np.mean(error**2)):.4f};"
