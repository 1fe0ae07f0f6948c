"""Runs the built archive like the service, in folders like /opt/ml."""

import shutil
import tarfile
from dataclasses import dataclass
from datetime import date, timedelta

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlglot

from pipeline_code.archive import build_archive
from pipeline_code.tickit.features import DATASET
from pipeline_code.tickit.sample_data.generate import generate
from tests.unit.job import Job


@pytest.fixture(scope="session")
def archive(tmp_path_factory):
    """The archive of the pipeline's code."""
    return build_archive("tickit", tmp_path_factory.mktemp("code"))


@pytest.fixture(scope="session")
def csv_lines():
    """Rows in the format of UNLOAD: 60 days at ten venues, with a signal in weekday and events."""
    return [
        f"{sold},{venue},{6 + venue % 4},{day},{'t' if day.day == 1 else 'f'},{events}"
        for venue in range(1, 11)
        for day in (date(2008, 3, 1) + timedelta(days=days) for days in range(60))
        for events in [1 + (venue * day.day) % 3]
        for sold in [20 * events + 3 * day.weekday() + venue]
    ]


@dataclass
class TickitJob(Job):
    """A job whose outputs contain rows of the query."""

    def rows(self, name: str) -> list[dict]:
        """Return the rows of a processing output of all hosts, sorted."""
        rows = [row for part in self.parts(name) for row in pq.read_table(part).to_pylist()]
        names = [name for name in DATASET.schema.names if rows and name in rows[0]]
        return sorted(rows, key=lambda row: [row[name] for name in names])


@pytest.fixture(scope="session")
def new_job(archive, tmp_path_factory):
    """Return a function that creates a configured job of a step."""

    def make(step, *, hosts=1, hyperparameters=None, environment=None):
        names = [f"algo-{number}" for number in range(1, hosts + 1)]
        folder = tmp_path_factory.mktemp(step)
        job = TickitJob(
            archive, folder, step, names, training=step == "train", environment=environment or {}
        )
        job.configure(hyperparameters=hyperparameters)
        return job

    return make


@pytest.fixture(scope="session")
def preprocess(new_job, csv_lines):
    """Return a function that runs preprocess over shards of lines, distributed over the hosts."""

    def run(*, hosts=1, shards=8, lines=None):
        job = new_job("preprocess", hosts=hosts)
        lines = csv_lines if lines is None else lines
        folders = [job.input("data", host) for host in job.hosts]
        for shard in range(shards):
            text = "".join(f"{line}\n" for line in lines[shard::shards])
            (folders[shard % hosts] / f"{shard:04}_part_00").write_text(text)
        return job, job.run()

    return run


@pytest.fixture(scope="session")
def preprocessed(preprocess):
    """The completed preprocessing job of all rows on one instance."""
    job, codes = preprocess()
    assert codes == [0]
    return job


@pytest.fixture(scope="session")
def train(new_job):
    """Return a function that runs train on the output of a preprocessing job."""

    def run(preprocessing, *, hosts=1, hyperparameters=None):
        job = new_job("train", hosts=hosts, hyperparameters=hyperparameters)
        for host in job.hosts:
            for part in preprocessing.parts("train"):
                shutil.copy(part, job.input("train", host))
        return job, job.run()

    return run


@pytest.fixture(scope="session")
def trained(train, preprocessed):
    """The completed training job."""
    job, codes = train(preprocessed)
    assert codes == [0], job.output
    return job


@pytest.fixture(scope="session")
def pack(tmp_path_factory):
    """Return a function that packs the model of a training job; returns model.tar.gz."""

    def run(training, name="model.tar.gz"):
        archive = tmp_path_factory.mktemp("packed") / name
        with tarfile.open(archive, "w:gz") as packed:
            packed.add(training.opt_ml() / "model", arcname=".")
        return archive

    return run


@pytest.fixture
def evaluate(new_job, pack, registry):
    """Return a function that runs evaluate on a model and the output of a preprocessing job."""

    def run(training, preprocessing):
        job = new_job("evaluate", environment=registry.environment)
        shutil.copy(pack(training), job.input("model") / "model.tar.gz")
        for part in preprocessing.parts("test"):
            shutil.copy(part, job.input("test"))
        return job, job.run()

    return run


# Their names are not needed, and take a second to generate.
USERS = pa.table({"userid": np.arange(1, 49_991)})


@pytest.fixture(scope="session")
def sales(repository):
    """Return a function that runs the query over generated tables, with a share of the sales."""
    (query,) = sqlglot.transpile(
        (repository / "pipeline_code/tickit/query.sql").read_text(),
        read="redshift",
        write="duckdb",
    )

    def run(seed, *, share=1.0):
        tables = generate({"users": USERS}, seed=seed)
        with duckdb.connect() as warehouse:
            for name in ("date", "event", "sales"):
                warehouse.register(name, tables[name])
            warehouse.execute(
                f"CREATE TEMP TABLE sold AS SELECT * FROM sales WHERE salesid % 10 < {10 * share}"
            )
            found = warehouse.execute(query.replace("FROM sales", "FROM sold"))
            names = [each[0] for each in found.description]
            frame = pd.DataFrame(found.fetchall(), columns=names)
        return frame.assign(
            total_sold=frame["total_sold"].astype(int),
            caldate=[date.fromisoformat(str(day)) for day in frame["caldate"]],
            holiday=frame["holiday"] == "TRUE",
        )

    return run
