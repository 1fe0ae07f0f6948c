"""Runs the step script of a processing or training job in this process."""

import json
import os
import shutil
import sys
import tarfile
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import boto3

from local_cloud.sagemaker.jobs.input_distribution import fetch_s3
from local_cloud.sagemaker.jobs.job_hosts import Host
from local_cloud.sagemaker.jobs.s3_transfers import upload, upload_folder
from pipeline_code.runtime.container import Container
from pipeline_code.runtime.job import run_step
from pipeline_code.trial.mock_account import JOB_ARN

_HOST = "algo-1"


@dataclass(frozen=True)
class ScriptJob(ABC):
    """A job of a pipeline's own script.

    `folder` takes the place of /opt/ml. `request` is the request that creates the job, without
    expressions. `step` is the module of the script in the package of the pipeline.
    """

    folder: Path
    request: Mapping[str, Any]
    package: str
    step: str

    def run(self) -> None:
        """Fetch the inputs, run the script, upload the outputs. Exceptions are those of the script.

        Raises:
            JobFailed: S3 has no objects for an input.
        """
        shutil.rmtree(self.folder, ignore_errors=True)
        self.configure()
        self.fetch()
        variables = {"SAGEMAKER_BASE_DIR": str(self.folder), **self.request.get("Environment", {})}
        with _restored_interpreter(variables):
            run_step(self.package, self.step, Container(self.folder))
        self.deliver()

    @property
    @abstractmethod
    def properties(self) -> dict[str, Any]:
        """The properties of the step that other steps can refer to."""

    @abstractmethod
    def configure(self) -> None:
        """Write the configuration files of the container."""

    @abstractmethod
    def fetch(self) -> None:
        """Download the inputs."""

    @abstractmethod
    def deliver(self) -> None:
        """Upload the outputs."""

    def path(self, container_path: str) -> Path:
        """Return the local path of a path below /opt/ml."""
        return self._host.path(container_path)

    def fetch_input(self, source: Mapping[str, Any], path: str) -> None:
        """Download an S3 input to the path below /opt/ml."""
        fetch_s3(
            boto3.client("s3"),
            uri=source["S3Uri"],
            data_type=source["S3DataType"],
            distribution="FullyReplicated",
            path=path,
            hosts=[self._host],
        )

    def write_config(self, name: str, document: Any) -> None:
        """Write a configuration file of the container."""
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document), encoding="utf-8")

    @property
    def _host(self) -> Host:
        return Host(_HOST, 0, self.folder)


class ProcessingScript(ScriptJob):
    """The script of a processing job."""

    @property
    def properties(self) -> dict[str, Any]:
        """The URIs of the outputs."""
        return {"ProcessingOutputConfig": {"Outputs": self._outputs}}

    def configure(self) -> None:
        """Write processingjobconfig.json and resourceconfig.json."""
        self.write_config("/opt/ml/config/processingjobconfig.json", {"ProcessingJobArn": JOB_ARN})
        self.write_config("/opt/ml/config/resourceconfig.json", _RESOURCES)

    def fetch(self) -> None:
        """Download the S3 inputs."""
        for each in self.request.get("ProcessingInputs", ()):
            self.fetch_input(each["S3Input"], each["S3Input"]["LocalPath"])

    def deliver(self) -> None:
        """Upload the outputs."""
        for each in self._outputs:
            target = each["S3Output"]
            path = self.path(target["LocalPath"])
            upload_folder(boto3.client("s3"), path, target["S3Uri"], kms_key=None)

    @property
    def _outputs(self) -> Sequence[Mapping[str, Any]]:
        config: Mapping[str, Any] = self.request.get("ProcessingOutputConfig") or {"Outputs": []}
        outputs: Sequence[Mapping[str, Any]] = config["Outputs"]
        return outputs


class TrainingScript(ScriptJob):
    """The script of a training job."""

    @property
    def properties(self) -> dict[str, Any]:
        """The URI of the model."""
        return {"ModelArtifacts": {"S3ModelArtifacts": self._artifact}}

    def configure(self) -> None:
        """Write the files below input/config."""
        channels = {each["ChannelName"]: _REPLICATED for each in self._channels}
        self.write_config("/opt/ml/input/config/inputdataconfig.json", channels)
        self.write_config("/opt/ml/input/config/resourceconfig.json", _RESOURCES)
        hyperparameters = self.request.get("HyperParameters", {})
        self.write_config("/opt/ml/input/config/hyperparameters.json", hyperparameters)

    def fetch(self) -> None:
        """Download the channels."""
        for each in self._channels:
            path = f"/opt/ml/input/data/{each['ChannelName']}"
            self.fetch_input(each["DataSource"]["S3DataSource"], path)

    def deliver(self) -> None:
        """Upload model.tar.gz."""
        archive = self.folder.parent / "model.tar.gz"
        with tarfile.open(archive, "w:gz") as packed:
            packed.add(self.path("/opt/ml/model"), arcname=".")
        upload(boto3.client("s3"), archive, self._artifact, kms_key=None)

    @property
    def _channels(self) -> Sequence[Mapping[str, Any]]:
        channels: Sequence[Mapping[str, Any]] = self.request.get("InputDataConfig", ())
        return channels

    @property
    def _artifact(self) -> str:
        return f"{self.request['OutputDataConfig']['S3OutputPath']}/output/model.tar.gz"


_RESOURCES = {"current_host": _HOST, "hosts": [_HOST]}
_REPLICATED = {"S3DistributionType": "FullyReplicated"}


@contextmanager
def _restored_interpreter(variables: Mapping[str, str]) -> Iterator[None]:
    """Set variables, and undo what a script does to the arguments and the path of this process."""
    arguments, path = list(sys.argv), list(sys.path)
    with patch.dict(os.environ, {name: str(value) for name, value in variables.items()}):
        try:
            yield
        finally:
            sys.argv[:], sys.path[:] = arguments, path
