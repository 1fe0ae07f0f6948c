"""Runs the steps from the built archive, in folders like /opt/ml."""

from __future__ import annotations

import shutil
import tarfile

import pytest

from pipeline_code.archive import build_archive
from pipeline_code.boosted.sample_data.__main__ import main as generate
from pipeline_code.pipelines import FOLDER
from pipeline_code.wheelhouse.wheels import build_wheelhouse
from tests.registry import Registry
from tests.unit.job import Job


@pytest.fixture(scope="session")
def archive(tmp_path_factory):
    return build_archive("boosted", tmp_path_factory.mktemp("code"))


@pytest.fixture(scope="session")
def lines(tmp_path_factory):
    """The lines of the generated file, its header first."""
    folder = tmp_path_factory.mktemp("generated")
    generate(["--output", str(folder)])
    return (folder / "rows.csv").read_text().splitlines()


@pytest.fixture(scope="session")
def new_job(archive, tmp_path_factory):
    """Return a function that creates a configured job of a step."""

    def make(step, *, hosts=1, environment=None):
        names = [f"algo-{number}" for number in range(1, hosts + 1)]
        folder = tmp_path_factory.mktemp(step)
        job = Job(
            archive, folder, step, names, training=step == "train", environment=environment or {}
        )
        job.configure()
        return job

    return make


@pytest.fixture(scope="session")
def preprocess(new_job):
    """Return a function that runs preprocess over lines, with one file per host."""

    def run(lines, *, hosts=1):
        job = new_job("preprocess", hosts=hosts)
        header, *rows = lines
        for number, host in enumerate(job.hosts):
            text = "\n".join([header, *rows[number::hosts]])
            (job.input("data", host) / f"rows-{number}.csv").write_text(text + "\n")
        return job, job.run()

    return run


@pytest.fixture(scope="session")
def preprocessed(preprocess, lines):
    """The completed preprocessing job of all lines."""
    job, codes = preprocess(lines)
    assert codes == [0], job.output
    return job


@pytest.fixture(scope="session")
def wheels(tmp_path_factory):
    """The archive of the wheels, which `make wheels` has fetched."""
    folder = tmp_path_factory.mktemp("wheels")
    return build_wheelhouse("boosted", "sklearn", folder, FOLDER / "boosted")


@pytest.fixture(scope="session")
def trained(new_job, preprocessed, wheels):
    """The finished training."""
    job = new_job("train")
    shutil.copy(wheels, job.input("wheels"))
    for part in preprocessed.parts("train"):
        shutil.copy(part, job.input("train"))
    assert job.run() == [0], job.output
    return job


@pytest.fixture(scope="session")
def evaluated(new_job, preprocessed, trained, wheels, registry_endpoint):
    """The finished evaluation."""
    job = new_job("evaluate", environment=Registry(registry_endpoint).environment)
    shutil.copy(wheels, job.input("wheels"))
    with tarfile.open(job.input("model") / "model.tar.gz", "w:gz") as packed:
        packed.add(trained.opt_ml() / "model", arcname=".")
    for part in preprocessed.parts("test"):
        shutil.copy(part, job.input("test"))
    assert job.run() == [0], job.output
    return job
