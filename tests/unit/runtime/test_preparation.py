"""A preprocessing job reads in batches, over several files, hosts and inputs."""

import json
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline_code.runtime import csv_blocks, estimator_training
from pipeline_code.runtime.container import Container
from pipeline_code.runtime.data_profile import Profile, profile_of
from pipeline_code.runtime.dataset import Dataset
from pipeline_code.runtime.estimator_model import load_model
from pipeline_code.runtime.estimator_training import train_estimator
from pipeline_code.runtime.flows.flow import Flow
from pipeline_code.runtime.job_errors import DataError, SettingError
from pipeline_code.runtime.preparation import Preparation
from pipeline_code.runtime.schema import FLOAT, INTEGER, STRING, Column, Schema
from pipeline_code.runtime.split import split
from pipeline_code.runtime.transforms.join import Join
from pipeline_code.runtime.transforms.scale import Scale
from pipeline_code.tickit import inference

NOTE = Column("note", STRING, nullable=True)
SCHEMA = Schema((Column("sold", FLOAT), Column("venue", INTEGER), NOTE))
DATASET = Dataset(SCHEMA, "sold", order=("sold", "venue"))
ROWS = pa.table(
    {
        "sold": [float(number % 17) for number in range(400)],
        "venue": [number % 23 for number in range(400)],
        "note": [None if number % 5 == 0 else f"note {number % 7}" for number in range(400)],
    }
)


@dataclass(frozen=True)
class NoHyperparameters:
    """The estimator has none."""


def lines_of(rows: pa.Table) -> str:
    return "".join(f"{r['sold']},{r['venue']},{r['note'] or ''}\n" for r in rows.to_pylist())


@pytest.fixture
def container(tmp_path, monkeypatch):
    monkeypatch.setattr(csv_blocks, "BLOCK_BYTES", 300)
    for folder in ("config", "input/config", "processing/input/data", "processing/input/more"):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
    hosts = json.dumps({"current_host": "algo-1", "hosts": ["algo-1"]})
    (tmp_path / "config/resourceconfig.json").write_text(hosts)
    (tmp_path / "input/config/resourceconfig.json").write_text(hosts)
    (tmp_path / "config/processingjobconfig.json").write_text("{}")
    return Container(tmp_path)


def prepare(container, **options):
    with Preparation(container, DATASET, what="the data", **options) as prepared:
        for rows in prepared.batches():
            prepared.write(**split(rows, {"train": 0.7, "test": 0.3}))
            prepared.add_ranges(rows)
            prepared.write_inputs(baseline=rows)
    return json.loads((container.processing_output("report") / "report-algo-1.json").read_text())


def test_the_outputs_are_those_of_the_whole_table(container):
    (container.processing_input("data") / "a").write_text(lines_of(ROWS[:300]))
    (container.processing_input("data") / "b").write_text(lines_of(ROWS[300:]))
    report = prepare(container)
    expected = split(ROWS, {"train": 0.7, "test": 0.3})
    for side, rows in expected.items():
        part = container.processing_output(side) / "part-algo-1.parquet"
        assert pq.read_table(part).to_pylist() == rows.to_pylist()
    assert report["files"] == {"a": 300, "b": 100}
    assert report["rows"] == {"read": 400, **{n: side.num_rows for n, side in expected.items()}}
    assert report["nulls"] == {"note": 80}
    written = (container.processing_output("profile") / "profile-algo-1.json").read_text()
    assert Profile.from_json(written) == profile_of(ROWS, DATASET)
    baseline = (container.processing_output("baseline") / "part-algo-1.csv").read_text()
    assert len(baseline.splitlines()) == 401
    ranges = json.loads((container.processing_output("ranges") / "ranges-algo-1.json").read_text())
    assert (ranges["venue"]["least"], ranges["venue"]["most"]) == (0, 22)


def test_a_column_without_values_in_one_batch_has_a_range(container):
    lines = lines_of(ROWS.slice(0, 50)).splitlines(keepends=True)
    without = "".join(line.rpartition(",")[0] + ",\n" for line in lines)
    (container.processing_input("data") / "a").write_text(without)
    (container.processing_input("data") / "b").write_text(lines_of(ROWS))
    prepare(container)
    ranges = json.loads((container.processing_output("ranges") / "ranges-algo-1.json").read_text())
    assert ranges["note"]["values"] == [f"note {number}" for number in range(7)]


def test_several_inputs_are_one_table(container):
    (container.processing_input("data") / "a").write_text(lines_of(ROWS[:10]))
    pq.write_table(ROWS[10:30], container.processing_input("more") / "a")
    report = prepare(container, inputs=["data", "more"])
    assert report["files"] == {"data/a": 10, "more/a": 20}


def test_a_failed_job_has_no_report(container):
    (container.processing_input("data") / "a").write_text(lines_of(ROWS) + "x,1,\n")
    with pytest.raises(DataError, match="a, line 401, column sold: 'x' is not a number"):
        prepare(container)
    assert not (container.opt_ml / "processing/output/report").exists()


def test_no_rows_are_refused(container):
    with pytest.raises(DataError, match="the data has no rows in 0 files"):
        prepare(container)


def test_a_model_joins_a_channel(container, monkeypatch):
    """The request has only the key: the rows of the channel are saved with the model.

    A column without values in the training rows is not a feature.
    """
    from sklearn.linear_model import LinearRegression

    monkeypatch.setattr(estimator_training, "write_code", lambda *arguments: None)
    for name in ("train", "venues"):
        container.channel(name).mkdir(parents=True)
    (container.channel("venues") / "part").write_text("venue,seats\n0,10.0\n1,30.0\n")
    empty = Column("empty", FLOAT, nullable=True)
    channels = {name: {"S3DistributionType": "FullyReplicated"} for name in ("train", "venues")}
    config = container.opt_ml / "input/config/inputdataconfig.json"
    config.write_text(json.dumps(channels))
    schema = Schema((*DATASET.schema.select(["sold", "venue"]).columns, empty))
    flow = Flow(
        schema,
        [Join(["venue"], "venues", {"seats": "double"}), Scale(["seats"])],
        target="sold",
    )
    rows = ROWS.select(["sold", "venue"]).filter(pa.compute.less(ROWS["venue"], 2))
    rows = rows.append_column("empty", pa.nulls(rows.num_rows, pa.float64()))
    pq.write_table(rows, container.channel("train") / "part")
    train_estimator(
        container,
        Dataset(schema, "sold"),
        flow,
        hyperparameters=NoHyperparameters,
        estimator=lambda settings: LinearRegression(),
        inference=inference,
        sources={"venues": Schema((Column("venue", INTEGER), Column("seats", FLOAT)))},
    )
    model = load_model(container.model, flow)
    assert model.flow.features == ("venue", "seats")
    assert np.isfinite(model.predict(pa.table({"venue": [1], "empty": [5.0]}))).all()


def test_the_flow_and_the_data_set_have_the_same_target(container):
    flow = Flow(DATASET.schema, [], target=None)
    with pytest.raises(SettingError, match="the flow has the target None, the data set 'sold'"):
        train_estimator(
            container,
            DATASET,
            flow,
            hyperparameters=NoHyperparameters,
            estimator=lambda settings: None,
            inference=inference,
        )
