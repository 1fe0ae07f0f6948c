"""The evaluation step of any pipeline: the report, and the comparison with the approved model."""

from __future__ import annotations

import json
import tarfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline_code.runtime.container import Container
from pipeline_code.runtime.dataset import Dataset
from pipeline_code.runtime.evaluation import evaluate
from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.schema import FLOAT, Column, Schema, choice

SCHEMA = Schema(
    (Column("size", FLOAT), Column("price", FLOAT), Column("sold", choice("no", "yes")))
)
PRICE = Dataset(SCHEMA.select(["size", "price"]), "price", order=("size",))
SOLD = Dataset(SCHEMA.select(["size", "sold"]), "sold", positive="yes")
ROWS = pa.table(
    {
        "size": [4.0, 1.0, 3.0, 2.0],
        "price": [40.0, 10.0, 30.0, 20.0],
        "sold": ["yes", "no", "yes", "no"],
    }
)


@dataclass
class Line:
    """A model that predicts the size times a factor."""

    factor: float
    facts: dict[str, float]


def load(folder: str) -> Line:
    text = (Path(folder) / "factor").read_text()
    if text == "none":
        raise DataError("the model has no factor")
    return Line(float(text), {"target_mean": 25.0})


def predict(rows: pa.Table, model: Line) -> np.ndarray:
    assert rows.column_names == ["size"]
    return rows["size"].to_numpy() * model.factor


@pytest.fixture
def pack(tmp_path):
    """Return a function that creates a model.tar.gz with a factor."""

    def run(name, factor):
        (tmp_path / "factor").write_text(str(factor))
        with tarfile.open(tmp_path / name, "w:gz") as packed:
            packed.add(tmp_path / "factor", arcname="factor")
        return tmp_path / name

    return run


@pytest.fixture
def container(tmp_path, monkeypatch, registry):
    """The container of a processing job, with a registry."""
    for name, value in registry.environment.items():
        monkeypatch.setenv(name, value)
    opt_ml = tmp_path / "ml"
    for folder in ("config", "processing/input/test", "processing/input/model"):
        (opt_ml / folder).mkdir(parents=True)
    config = {"ProcessingJobArn": "arn:aws:sagemaker:us-east-1:1:processing-job/a"}
    (opt_ml / "config/processingjobconfig.json").write_text(json.dumps(config))
    return Container(opt_ml)


@pytest.fixture
def report(container, pack):
    """Return a function that evaluates a model on the rows and returns evaluation.json."""

    def run(dataset, factor, *, champion=None, rows=ROWS):
        champion = champion or ("rmse" if dataset.positive is None else "auc")
        test = container.processing_input("test")
        pq.write_table(rows.select(dataset.schema.names), test / "part-algo-1.parquet")
        pack("model.tar.gz", factor).rename(container.processing_input("model") / "model.tar.gz")
        evaluate(container, dataset, load=load, predict=predict, champion=champion)
        return json.loads(
            (container.processing_output("evaluation") / "evaluation.json").read_text()
        )

    return run


def test_a_regression_is_compared_with_the_mean_of_its_training_rows(report):
    metrics = report(PRICE, 9.0)["regression_metrics"]
    assert metrics["mae"]["value"] == 2.5
    assert metrics["mae_baseline"]["value"] == 10.0


def test_the_order_of_the_rows_in_the_files_changes_nothing(report):
    shuffled = ROWS.take([2, 0, 3, 1])
    reports = [report(PRICE, 9.0), report(PRICE, 9.0, rows=shuffled)]
    assert reports[0]["regression_metrics"] == reports[1]["regression_metrics"]


def test_a_classifier_is_compared_with_the_best_constant_answer(report):
    metrics = report(SOLD, 0.2)["binary_classification_metrics"]
    assert metrics["accuracy"]["value"] == 1.0
    assert metrics["accuracy_best_constant_classifier"]["value"] == 0.5


@pytest.mark.parametrize(
    ("dataset", "metric", "good", "bad"),
    [
        (PRICE, "r2", 10.0, 9.0),
        (PRICE, "rmse", 10.0, 9.0),
        (SOLD, "auc", 0.2, 0.0),
        (SOLD, "log_loss", 0.2, 0.1),
    ],
)
def test_the_difference_is_below_0_where_the_new_model_is_worse(
    report, registry, pack, dataset, metric, good, bad
):
    assert report(dataset, bad, champion=metric)["champion_comparison"]["champion"] is None
    arn = registry.register(pack("good.tar.gz", good))
    compared = report(dataset, bad, champion=metric)["champion_comparison"]
    assert compared["difference"] < 0
    assert (compared["metric"], compared["model_package_arn"]) == (metric, arn)
    assert report(dataset, good, champion=metric)["champion_comparison"]["difference"] == 0.0
    registry.register(pack("bad.tar.gz", bad))
    assert report(dataset, good, champion=metric)["champion_comparison"]["difference"] > 0


def test_an_approved_model_that_cannot_be_loaded_is_named(report, registry, pack):
    arn = registry.register(pack("broken.tar.gz", "none"))
    reason = f"the approved model {arn} cannot be measured: the model has no factor; reject that"
    with pytest.raises(DataError, match=reason):
        report(PRICE, 9.0, champion="r2")
    with pytest.raises(DataError, match="^the model has no factor"):
        report(PRICE, "none", champion="r2")


def test_no_test_rows_are_refused(report):
    with pytest.raises(DataError, match="the test side has no rows in 1 files"):
        report(PRICE, 9.0, rows=ROWS.slice(0, 0))
