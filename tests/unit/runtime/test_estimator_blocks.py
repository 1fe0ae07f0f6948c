"""Estimators with partial_fit are trained on rows that do not fit in memory; others are refused."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline_code.runtime import estimator_training, row_spool, shards
from pipeline_code.runtime.container import Container
from pipeline_code.runtime.dataset import Dataset
from pipeline_code.runtime.estimator_model import load_model
from pipeline_code.runtime.estimator_training import train_estimator
from pipeline_code.runtime.flows.flow import Flow
from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.schema import FLOAT, INTEGER, STRING, Column, Schema
from pipeline_code.runtime.shards import TooManyRows
from pipeline_code.runtime.training_ranges import FILE, read_ranges
from pipeline_code.runtime.transforms.scale import Scale
from pipeline_code.tickit import inference

COLUMNS = (Column("x", FLOAT), Column("y", FLOAT), Column("empty", FLOAT, nullable=True))


@dataclass(frozen=True)
class NoHyperparameters:
    """The estimators of these tests have none."""


def table(rows=4000, *, kind):
    """Rows sorted by their target, which is the worst order for an estimator that learns."""
    random = np.random.default_rng(3)
    x, y = random.normal(size=(2, rows))
    score = 2 * x - y + random.normal(size=rows) / 4
    targets = {
        "number": score,
        "flag": np.where(score > 0, "yes", "no"),
        "class": np.digitize(score, [-1, 1]).astype(str),
    }
    found = {"t": targets[kind], "x": 100 + 10 * x, "y": y, "empty": pa.nulls(rows, pa.float64())}
    return pa.table(found).sort_by("t")


def dataset(kind):
    column = Column("t", FLOAT if kind == "number" else STRING)
    more = {"number": {}, "flag": {"positive": "yes"}, "class": {"classes": ("0", "1", "2")}}
    return Dataset(Schema((column, *COLUMNS)), "t", **more[kind])


def flow_of(data):
    return Flow(data.schema, [Scale(["x", "y"])], target="t")


def train(folder, rows, kind, estimator, files=2):
    container = Container(folder)
    config = container.opt_ml / "input/config"
    config.mkdir(parents=True)
    hosts = {"current_host": "algo-1", "hosts": ["algo-1"]}
    (config / "resourceconfig.json").write_text(json.dumps(hosts))
    container.channel("train").mkdir(parents=True)
    size = rows.num_rows // files
    for number in range(files):
        part = rows.slice(number * size, size)
        pq.write_table(part, container.channel("train") / f"part-{number}")
    data = dataset(kind)
    train_estimator(
        container,
        data,
        flow_of(data),
        hyperparameters=NoHyperparameters,
        estimator=lambda settings: estimator,
        inference=inference,
    )
    return container


@pytest.fixture
def small_memory(monkeypatch):
    monkeypatch.setattr(estimator_training, "write_code", lambda *arguments: None)
    monkeypatch.setattr(shards, "MOST_BYTES", 10_000)
    monkeypatch.setattr(row_spool, "BLOCK_ROWS", 100)
    monkeypatch.setattr(row_spool, "SORTED_ROWS", 300)


def learner(kind):
    from sklearn.linear_model import SGDClassifier, SGDRegressor

    if kind == "number":
        return SGDRegressor(random_state=0)
    return SGDClassifier(loss="log_loss", random_state=0)


@pytest.mark.parametrize(
    ("kind", "quality"), [("number", "rmse=0."), ("flag", "score=0.9"), ("class", "score=0.")]
)
def test_rows_of_any_number_are_learnt_in_blocks(tmp_path, small_memory, kind, quality, capsys):
    rows = table(kind=kind)
    container = train(tmp_path, rows, kind, learner(kind))
    model = load_model(container.model, flow_of(dataset(kind)))
    predicted = model.predict(rows.drop_columns(["t"]))
    truth = dataset(kind).labels(rows)
    if kind == "number":
        assert np.corrcoef(predicted, truth)[0, 1] > 0.98
    else:
        answers = predicted.argmax(axis=1) if kind == "class" else predicted > 0.5
        assert (answers == truth).mean() > 0.85
    assert model.facts["rows"] == 4000
    assert model.flow.features == ("x", "y")
    assert read_ranges(container.model / FILE).outside(rows).count == 0
    assert f"train:rows=4000; train:{quality}" in capsys.readouterr().out
    assert {path.name for path in tmp_path.iterdir()} == {"input", "model"}


def test_several_targets_are_learnt_in_blocks(tmp_path, small_memory, monkeypatch):
    from sklearn.linear_model import SGDRegressor

    data = Dataset(Schema((Column("t", FLOAT), Column("u", FLOAT), *COLUMNS)), targets=("t", "u"))
    flow = Flow(data.inputs, [Scale(["x", "y"])])
    rows = table(kind="number")
    rows = rows.add_column(1, "u", [np.asarray(rows["y"]) - np.asarray(rows["t"])])
    of = {"dataset": lambda kind: data, "flow_of": lambda data: flow}
    for name, function in of.items():
        monkeypatch.setitem(globals(), name, function)
    container = train(tmp_path, rows, "number", SGDRegressor(random_state=0))
    model = load_model(container.model, flow)
    predicted = model.predict(rows.drop_columns(["t", "u"]))
    for place, name in enumerate(data.targets):
        assert np.corrcoef(predicted[:, place], rows[name])[0, 1] > 0.98
    assert model.facts["target_mean"] == pytest.approx(
        [np.mean(rows[name]) for name in data.targets], abs=1e-6
    )
    assert model.flow.features == ("x", "y")


def test_the_model_does_not_depend_on_the_files(tmp_path, small_memory):
    rows = table(kind="number")
    mixed = rows.take(np.random.default_rng(0).permutation(4000))
    one = train(tmp_path / "one", rows, "number", learner("number"))
    other = train(tmp_path / "other", mixed, "number", learner("number"), files=5)
    files = [(each.model / "model.pickle").read_bytes() for each in (one, other)]
    assert files[0] == files[1]


def test_an_estimator_that_needs_all_rows_is_refused_with_the_alternatives(tmp_path, small_memory):
    from sklearn.linear_model import LinearRegression

    expected = r"part-0: more than 10000 bytes in memory .*XGBoost.*partial_fit.*Redshift ML"
    with pytest.raises(TooManyRows, match=expected):
        train(tmp_path, table(kind="number"), "number", LinearRegression())


def test_files_with_other_columns_are_refused(tmp_path, small_memory):
    data = Dataset(
        Schema((*dataset("number").schema.columns, Column("z", INTEGER, optional=True))), "t"
    )
    container = train(tmp_path, table(kind="number"), "number", learner("number"))
    rows = table(kind="number")
    with_more = rows.append_column("z", pa.array(np.zeros(rows.num_rows, np.int64)))
    pq.write_table(with_more, container.channel("train") / "part-2")
    with pytest.raises(DataError, match="do not hold the same columns"):
        train_estimator(
            container,
            data,
            Flow(data.schema, [Scale(["x", "y"])], target="t"),
            hyperparameters=NoHyperparameters,
            estimator=lambda settings: learner("number"),
            inference=inference,
        )
