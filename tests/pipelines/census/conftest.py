"""Runs the built archive and the laptop's built-in algorithm like the service."""

import json
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from pyarrow import csv

from local_cloud.sagemaker.jobs.container_images import training_command
from pipeline_code.archive import build_archive
from pipeline_code.census.sample_data.people import people
from tests.registry import CREDENTIALS
from tests.unit.job import Job

HYPERPARAMETERS = {
    "objective": "binary:logistic",
    "eval_metric": "logloss",
    "num_round": "200",
    "max_depth": "4",
    "eta": "0.3",
    "early_stopping_rounds": "5",
}


OUTPUT = "processing/output/evaluation"


@pytest.fixture(scope="session")
def archive(tmp_path_factory):
    """The archive of the pipeline's code."""
    return build_archive("census", tmp_path_factory.mktemp("code"))


@pytest.fixture(scope="session")
def lines(tmp_path_factory):
    """A header and 3,000 rows in the format of adult.csv."""
    path = tmp_path_factory.mktemp("adult") / "adult.csv"
    csv.write_csv(people(3_000, seed=1), path)
    return path.read_text().splitlines(keepends=True)


@pytest.fixture(scope="session")
def new_job(archive, tmp_path_factory):
    """Return a function that creates a configured job of a step."""

    def make(step, *, hosts=1, hyperparameters=None, channels=("train", "validation"), **more):
        names = [f"algo-{number}" for number in range(1, hosts + 1)]
        folder = tmp_path_factory.mktemp(step)
        job = Job(archive, folder, step, names, training=step in ("train", "package"), **more)
        job.configure(hyperparameters=hyperparameters)
        for host in names if job.training else []:
            described = {
                name: {"S3DistributionType": "FullyReplicated", "ContentType": "text/csv"}
                for name in channels
            }
            config = job.opt_ml(host) / "input/config/inputdataconfig.json"
            config.write_text(json.dumps(described))
        return job

    return make


@pytest.fixture(scope="session")
def preprocess(new_job, lines):
    """Return a function that runs preprocess over files with headers, distributed over hosts."""

    def run(*, hosts=1, files=1, content=None):
        job = new_job("preprocess", hosts=hosts)
        folders = [job.input("data", host) for host in job.hosts]
        header, *rows = content or lines
        for number in range(files):
            text = header + "".join(rows[number::files])
            (folders[number % hosts] / f"adult-{number}.csv").write_text(text)
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
    """Return a function that trains with the script or the built-in algorithm."""

    def run(preprocessing, *, training="script", hosts=1, hyperparameters=HYPERPARAMETERS):
        names = ("train", "validation", *(["encoder", "ranges"] if training == "script" else []))
        job = new_job("train", hosts=hosts, hyperparameters=hyperparameters, channels=names)
        for host in job.hosts:
            for name in names:
                for part in preprocessing.parts(name):
                    shutil.copy(part, job.input(name, host))
        return job, (job.run() if training == "script" else [_built_in(job)])

    return run


def _built_in(job):
    done = subprocess.run(
        [sys.executable, *training_command("sagemaker-xgboost", {}, version="3.2")[1:]],
        env={**CREDENTIALS, "SAGEMAKER_BASE_DIR": str(job.opt_ml())},
        capture_output=True,
        text=True,
    )
    job.output["algo-1"] = done.stdout + done.stderr
    return done.returncode


@pytest.fixture(scope="session", params=["script", "built-in"])
def trained(request, preprocessed, train):
    """A completed training job of each kind."""
    job, codes = train(preprocessed, training=request.param)
    assert codes == [0], job.output
    return job


@pytest.fixture(scope="session")
def by_script(preprocessed, train):
    """The completed training job with the script."""
    job, codes = train(preprocessed)
    assert codes == [0], job.output
    return job


@pytest.fixture
def pack(tmp_path):
    """Return a function that packs the model of a training job like the service."""

    def run(training, name="model.tar.gz") -> Path:
        folder = training.opt_ml() / "model"
        packed = tmp_path / name
        with tarfile.open(packed, "w:gz") as opened:
            for path in sorted(folder.rglob("*")):
                if path.is_file():
                    opened.add(path, path.relative_to(folder).as_posix())
        return packed

    return run


@pytest.fixture
def package(new_job, preprocessed, pack):
    """Return a function that adds the files for hosting to the model of a training job."""

    def run(trained):
        job = new_job("package", channels=("model", "encoder", "ranges"))
        shutil.copy(pack(trained), job.input("model") / "model.tar.gz")
        for name in ("encoder", "ranges"):
            for part in preprocessed.parts(name):
                shutil.copy(part, job.input(name))
        return job, job.run()

    return run


@pytest.fixture
def evaluate(new_job, pack, registry):
    """Return a function that runs evaluate on a model and the test side of a preprocessing job."""

    def run(training, preprocessing):
        job = new_job("evaluate", environment=registry.environment)
        shutil.copy(pack(training), job.input("model") / "model.tar.gz")
        for name in ("test", "encoder"):
            for part in preprocessing.parts(name):
                shutil.copy(part, job.input(name))
        return job, job.run()

    return run


@pytest.fixture
def report():
    """Return a function that reads the evaluation.json of an evaluation job."""

    def read(job):
        return json.loads((job.opt_ml() / OUTPUT / "evaluation.json").read_text())

    return read
