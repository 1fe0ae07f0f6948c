"""The evaluation step: measures the trained and the approved model on the same test rows."""

import hashlib
import json
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline_code.runtime.champion import comparison, find_champion
from pipeline_code.runtime.container import Container
from pipeline_code.runtime.dataset import Dataset
from pipeline_code.runtime.evaluation_plots import evaluation_plots
from pipeline_code.runtime.model_archive import unpacked
from pipeline_code.runtime.paired_comparison import paired_comparison
from pipeline_code.runtime.problem import Problem
from pipeline_code.runtime.problems import problem_of
from pipeline_code.runtime.shards import read_shards, require_rows

M = TypeVar("M")
Numbers = npt.NDArray[np.float64]


def evaluate(
    container: Container,
    dataset: Dataset,
    *,
    load: Callable[[str], M],
    predict: Callable[[pa.Table, M], Numbers],
    champion: str,
    default: Path | None = None,
    problem: Problem | None = None,
) -> None:
    """Write evaluation.json and plots.json to the output `evaluation`.

    `load` returns the model in the folder of an unpacked model.tar.gz, and `predict` returns its
    predictions for rows without target, like the hosting functions model_fn and predict_fn. A
    regression is compared with predicting the mean of its training rows (`target_mean` in the
    model's `facts`, for each target), a classifier with the best constant prediction. The metric
    `champion` is compared with that of the approved model of the group in the job's environment, on
    the same rows. With `default`, the model.tar.gz with default hyperparameters, a tuned classifier
    is also compared with this model, row by row. `problem` replaces the kind of prediction that the
    data set has, for metrics of a pipeline of its own. Raises DataError and SettingError.
    """
    shards = read_shards(container.processing_input("test"), dataset.schema)
    require_rows(shards, what="the test side")
    rows = dataset.in_order(shards.table)
    labels, inputs = dataset.labels(rows), rows.drop_columns(list(dataset.targets))

    def answer(archive: Path) -> tuple[M, Numbers]:
        with unpacked(archive) as folder:
            model = load(str(folder))
            return model, predict(inputs, model)

    model, predicted = answer(_measured_model(container))
    problem = problem or problem_of(dataset)
    metrics = problem.metrics
    report = problem.report(dataset, labels, predicted, getattr(model, "facts", {}))
    with tempfile.TemporaryDirectory() as folder:
        report["champion_comparison"] = comparison(
            champion,
            candidate=metrics(labels, predicted)[champion],
            champion=find_champion(container, Path(folder)),
            measure=lambda archive: metrics(labels, answer(archive)[1]),
        )
    if default is not None:
        report["tuning_comparison"] = paired_comparison(labels, predicted, answer(default)[1])
    write_evaluation(container, report)
    plots = evaluation_plots(dataset, inputs, labels, predict=lambda rows: predict(rows, model))
    write_plots(container, plots)


def write_plots(container: Container, plots: Mapping[str, Any]) -> None:
    """Write plots.json to the output `evaluation`, for the report of the run."""
    text = json.dumps(plots, allow_nan=False) + "\n"
    (container.processing_output("evaluation") / "plots.json").write_text(text)


def write_evaluation(container: Container, report: Mapping[str, Any]) -> None:
    """Write evaluation.json to the output `evaluation`: the report, and which model it measured.

    The member `model` is the SHA-256 of the model.tar.gz in the input `model`. It is registered
    with the version, so that a model that replaced the evaluated one is detected.
    """
    with _measured_model(container).open("rb") as archive:
        digest = hashlib.file_digest(archive, "sha256").hexdigest()
    document = {**report, "model": {"sha256": digest}}
    text = json.dumps(document, indent=2, allow_nan=False) + "\n"
    (container.processing_output("evaluation") / "evaluation.json").write_text(text)
    print(text)


def _measured_model(container: Container) -> Path:
    return container.processing_input("model") / "model.tar.gz"
