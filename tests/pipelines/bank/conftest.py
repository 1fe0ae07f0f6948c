"""Runs the built archive like the service, in folders like /opt/ml."""

import json
import shutil
import tarfile
from pathlib import Path

import pytest

from pipeline_code.archive import build_archive
from pipeline_code.bank.sample_data.__main__ import FILE, FOLDER
from pipeline_code.bank.sample_data.__main__ import main as generate
from tests.unit.job import Job

ROWS = 6_000


def as_unloaded(path: Path, rows: int | None = None) -> list[str]:
    """Return the lines of a published file in the form of an UNLOAD of the query."""
    lines = path.read_text().splitlines()[1:]
    return [line.replace('"', "").replace(";", ",") for line in lines[:rows]]


@pytest.fixture(scope="session")
def generated(tmp_path_factory):
    """The generated file."""
    folder = tmp_path_factory.mktemp("generated")
    generate(["--output", str(folder)])
    return folder / FOLDER / FILE


@pytest.fixture(scope="session")
def lines(generated):
    """Some rows of the query."""
    return as_unloaded(generated, ROWS)


@pytest.fixture(scope="session")
def new_job(tmp_path_factory):
    """Return a function that creates a configured job of a step."""
    archive = build_archive("bank", tmp_path_factory.mktemp("code"))

    def make(step, *, hosts=1, hyperparameters=None, **more):
        names = [f"algo-{number}" for number in range(1, hosts + 1)]
        folder = tmp_path_factory.mktemp(step)
        job = Job(archive, folder, step, names, training=step == "train", **more)
        job.configure(hyperparameters=hyperparameters)
        return job

    return make


@pytest.fixture(scope="session")
def preprocess(new_job, lines):
    """Return a function that runs preprocess over shards of lines, distributed over the hosts."""

    def run(*, hosts=1, shards=8, rows=None, columns="campaign"):
        job = new_job("preprocess", hosts=hosts, environment={"FEATURE_COLUMNS": columns})
        folders = [job.input("data", host) for host in job.hosts]
        for shard in range(shards):
            text = "".join(f"{row}\n" for row in (lines if rows is None else rows)[shard::shards])
            (folders[shard % hosts] / f"{shard:04}_part_00").write_text(text)
        return job, job.run()

    return run


@pytest.fixture(scope="session")
def preprocessed(preprocess):
    """The completed preprocessing job of all rows on one instance."""
    job, codes = preprocess()
    assert codes == [0], job.output
    return job


@pytest.fixture(scope="session")
def train(new_job):
    """Return a function that runs train on the output of a preprocessing job."""

    def run(preprocessing, **hyperparameters):
        job = new_job("train", hyperparameters=hyperparameters)
        for side in ("train", "validation", "ranges"):
            for part in preprocessing.parts(side):
                shutil.copy(part, job.input(side))
        return job, job.run()

    return run


@pytest.fixture(scope="session")
def trained(train, preprocessed):
    """The completed training job."""
    job, codes = train(preprocessed)
    assert codes == [0], job.output
    return job


@pytest.fixture
def pack(tmp_path):
    """Return a function that packs the model of a training job like the service."""

    def run(training, name="model.tar.gz"):
        packed = tmp_path / name
        with tarfile.open(packed, "w:gz") as opened:
            opened.add(training.opt_ml() / "model", arcname=".")
        return packed

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


@pytest.fixture
def report():
    """Return a function that reads the evaluation.json of an evaluation job."""

    def read(job):
        return json.loads(job.parts("evaluation")[0].read_text())

    return read
