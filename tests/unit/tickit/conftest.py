"""What ships, run as the service runs it: the built archive in folders like /opt/ml."""

import json
import os
import shutil
import subprocess
import sys
import tarfile
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipeline_code.archive import build_archive
from pipeline_code.tickit.rows import SCHEMA


@pytest.fixture(scope="session")
def archive(tmp_path_factory):
    """The archive of the pipeline's code."""
    return build_archive("tickit", tmp_path_factory.mktemp("code"))


@pytest.fixture(scope="session")
def csv_lines():
    """Rows as UNLOAD writes them: 60 days at ten venues, with a signal in weekday and events."""
    return [
        f"{sold},{venue},{6 + venue % 4},{day},{'t' if day.day == 1 else 'f'},{events}"
        for venue in range(1, 11)
        for day in (date(2008, 3, 1) + timedelta(days=days) for days in range(60))
        for events in [1 + (venue * day.day) % 3]
        for sold in [20 * events + 3 * day.weekday() + venue]
    ]


@dataclass
class Job:
    """One job over one or several hosts, each with its own folder that stands for /opt/ml."""

    archive: Path
    folder: Path
    step: str
    hosts: list[str]
    output: dict[str, str] = field(default_factory=dict)

    def opt_ml(self, host: str = "algo-1") -> Path:
        return self.folder / host

    def configure(self, *, hyperparameters: dict[str, str] | None = None) -> None:
        for host in self.hosts:
            resources = {"current_host": host, "hosts": self.hosts}
            if self.step == "train":
                config = self.opt_ml(host) / "input/config"
                _write(config / "hyperparameters.json", hyperparameters or {})
                replicated = {"train": {"S3DistributionType": "FullyReplicated"}}
                _write(config / "inputdataconfig.json", replicated)
            else:
                config = self.opt_ml(host) / "config"
                _write(config / "processingjobconfig.json", {})
            _write(config / "resourceconfig.json", resources)

    def run(self) -> list[int]:
        """The exit code of each host."""
        return [self._run(host) for host in self.hosts]

    def _run(self, host: str) -> int:
        done = subprocess.run(
            [sys.executable, self.archive, self.step],
            env=os.environ | {"SAGEMAKER_BASE_DIR": str(self.opt_ml(host))},
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        self.output[host] = done.stdout + done.stderr
        return done.returncode

    def message(self, host: str = "algo-1") -> str:
        """What the service would show as the reason of the failure."""
        name = "failure" if self.step == "train" else "message"
        return (self.opt_ml(host) / "output" / name).read_text()

    def parts(self, name: str) -> list[Path]:
        """The files of a processing output of all hosts."""
        return sorted(self.folder.glob(f"*/processing/output/{name}/*"))

    def rows(self, name: str) -> list[dict]:
        """The rows of a processing output of all hosts, sorted."""
        rows = [row for part in self.parts(name) for row in pq.read_table(part).to_pylist()]
        return sorted(rows, key=lambda row: [row[column] for column in SCHEMA.names])


def _write(path: Path, document: dict) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document))


@pytest.fixture(scope="session")
def new_job(archive, tmp_path_factory):
    """Makes a configured job of a step."""

    def make(step, *, hosts=1, hyperparameters=None):
        names = [f"algo-{number}" for number in range(1, hosts + 1)]
        job = Job(archive, tmp_path_factory.mktemp(step), step, names)
        job.configure(hyperparameters=hyperparameters)
        return job

    return make


@pytest.fixture(scope="session")
def preprocess(new_job, csv_lines):
    """Runs preprocess over shards of lines, which are spread over the hosts by turns."""

    def run(*, hosts=1, shards=8, lines=None):
        job = new_job("preprocess", hosts=hosts)
        lines = csv_lines if lines is None else lines
        for host in job.hosts:
            (job.opt_ml(host) / "processing/input/data").mkdir(parents=True)
        for shard in range(shards):
            host = job.opt_ml(job.hosts[shard % hosts])
            text = "".join(f"{line}\n" for line in lines[shard::shards])
            (host / f"processing/input/data/{shard:04}_part_00").write_text(text)
        return job, job.run()

    return run


@pytest.fixture(scope="session")
def preprocessed(preprocess):
    """The finished preprocessing of all rows on one instance."""
    job, codes = preprocess()
    assert codes == [0]
    return job


@pytest.fixture(scope="session")
def train(new_job):
    """Runs train on the parts that a preprocessing wrote."""

    def run(preprocessing, *, hosts=1, hyperparameters=None):
        job = new_job("train", hosts=hosts, hyperparameters=hyperparameters)
        for host in job.hosts:
            channel = job.opt_ml(host) / "input/data/train"
            channel.mkdir(parents=True)
            for part in preprocessing.parts("train"):
                shutil.copy(part, channel)
        return job, job.run()

    return run


@pytest.fixture(scope="session")
def trained(train, preprocessed):
    """The finished training."""
    job, codes = train(preprocessed)
    assert codes == [0], job.output
    return job


@pytest.fixture(scope="session")
def evaluate(new_job):
    """Runs evaluate on a model and the parts that a preprocessing wrote."""

    def run(training, preprocessing):
        job = new_job("evaluate")
        inputs = job.opt_ml() / "processing/input"
        (inputs / "model").mkdir(parents=True)
        with tarfile.open(inputs / "model/model.tar.gz", "w:gz") as packed:
            packed.add(training.opt_ml() / "model", arcname=".")
        (inputs / "test").mkdir()
        for part in preprocessing.parts("test"):
            shutil.copy(part, inputs / "test")
        return job, job.run()

    return run
