"""Runs the built archive like the service, in folders like /opt/ml."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.unit.warm_process import run_archive

# The ARN of a job of the laptop cloud; scripts read the region from it.
JOB_ARN = "arn:aws:sagemaker:us-east-1:123456789012:processing-job/pipelines-test"


@dataclass
class Job:
    """One processing or training job on one or several hosts, each with its own folder."""

    archive: Path
    folder: Path
    step: str
    hosts: list[str] = field(default_factory=lambda: ["algo-1"])
    training: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)
    output: dict[str, str] = field(default_factory=dict)

    def opt_ml(self, host: str = "algo-1") -> Path:
        """Return the folder in place of a host's /opt/ml."""
        return self.folder / host

    def input(self, name: str, host: str = "algo-1") -> Path:
        """Return the folder of an input or a channel on a host; it is created if missing."""
        place = f"input/data/{name}" if self.training else f"processing/input/{name}"
        folder = self.opt_ml(host) / place
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def configure(self, *, hyperparameters: Mapping[str, str] | None = None) -> None:
        """Write the configuration files that the service provides to every host."""
        for host in self.hosts:
            config = self.opt_ml(host) / ("input/config" if self.training else "config")
            _write(config / "resourceconfig.json", {"current_host": host, "hosts": self.hosts})
            if self.training:
                _write(config / "hyperparameters.json", hyperparameters or {})
                replicated = {"train": {"S3DistributionType": "FullyReplicated"}}
                _write(config / "inputdataconfig.json", replicated)
            else:
                _write(config / "processingjobconfig.json", {"ProcessingJobArn": JOB_ARN})

    def run(self) -> list[int]:
        """Run the job and return the exit code of each host."""
        return [self._run(host) for host in self.hosts]

    def message(self, host: str = "algo-1") -> str:
        """Return the reason of the failure that the service would show."""
        name = "failure" if self.training else "message"
        return (self.opt_ml(host) / "output" / name).read_text()

    def parts(self, name: str) -> list[Path]:
        """Return the files of a processing output of all hosts."""
        return sorted(self.folder.glob(f"*/processing/output/{name}/*"))

    def _run(self, host: str) -> int:
        given = {**os.environ, **self.environment, "SAGEMAKER_BASE_DIR": str(self.opt_ml(host))}
        ended = run_archive(self.archive, self.step, environment=given, folder=self.folder)
        self.output[host] = ended.output
        return ended.code


def _write(path: Path, document: Mapping[str, object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document))
