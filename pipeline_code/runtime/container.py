"""The paths and settings that SageMaker provides to a job inside its container."""

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline_code.runtime.job_errors import SettingError

# "The maximum length of the ExitMessage / FailureReason is 1024" (DescribeProcessingJob,
# DescribeTrainingJob).
MESSAGE_BYTES = 1024


@dataclass(frozen=True)
class Container:
    """The container in which a job runs.

    `opt_ml` is the folder that the service mounts. Sources: the pages "Build Your Own Processing
    Container" and "How Amazon SageMaker AI Provides Training Information".
    """

    opt_ml: Path

    @property
    def is_processing(self) -> bool:
        """Whether the job is a processing job; otherwise it is a training job."""
        return (self.opt_ml / "config" / "processingjobconfig.json").is_file()

    def processing_input(self, name: str) -> Path:
        """The folder of the processing input `name`."""
        return self.opt_ml / "processing" / "input" / name

    def processing_output(self, name: str) -> Path:
        """The folder of the processing output `name`; it is created if missing."""
        return _created(self.opt_ml / "processing" / "output" / name)

    def channel(self, name: str) -> Path:
        """The folder of a training channel in File mode."""
        return self.opt_ml / "input" / "data" / name

    @property
    def channels(self) -> list[str]:
        """The names of the channels of a training job."""
        path = self.opt_ml / "input" / "config" / "inputdataconfig.json"
        return list(_read_json(path)) if path.is_file() else []

    @property
    def model(self) -> Path:
        """The folder that the service packs as model.tar.gz when a training job ends."""
        return _created(self.opt_ml / "model")

    @property
    def output_data(self) -> Path:
        """The folder that the service packs as output.tar.gz when a training job ends."""
        return _created(self.opt_ml / "output" / "data")

    @property
    def hyperparameters(self) -> dict[str, str]:
        """The hyperparameters of a training job, which the service passes as strings."""
        path = self.opt_ml / "input" / "config" / "hyperparameters.json"
        return dict(_read_json(path)) if path.is_file() else {}

    @property
    def checkpoints(self) -> Path | None:
        """The folder that is copied to S3 while a training job runs; None without such a folder."""
        path = self.opt_ml / "input" / "config" / "checkpointconfig.json"
        return _created(self._mounted(_read_json(path)["LocalPath"])) if path.is_file() else None

    @property
    def host(self) -> str:
        """The name of this instance, unique within the job."""
        return str(self._resources()["current_host"])

    @property
    def hosts(self) -> list[str]:
        """The names of all instances of the job, in the same order on each of them."""
        return sorted(self._resources()["hosts"])

    @property
    def region(self) -> str:
        """The AWS region of a processing job, for AWS clients.

        It is read from ProcessingJobArn, because no documented variable contains the region.
        """
        config = _read_json(self.opt_ml / "config" / "processingjobconfig.json")
        return str(config["ProcessingJobArn"]).split(":")[3]

    @property
    def is_first_host(self) -> bool:
        """Whether this instance writes what a job writes once, such as its model."""
        return self.host == self.hosts[0]

    def require_one_host(self, estimator: str) -> None:
        """Raise SettingError if the training job of an `estimator` has several instances."""
        if len(self.hosts) > 1:
            raise SettingError(
                f"InstanceCount is {len(self.hosts)}, must be 1: {estimator} cannot be trained on "
                "several hosts; use one larger instance, or XGBoost (bank, census)"
            )

    def report_failure(self, message: str) -> None:
        """Write the reason of a failure to the file that the service reads.

        The reason becomes the ExitMessage of a processing job or the FailureReason of a training
        job. The service truncates it after 1 KB, possibly within a character, so it is truncated
        here. If the disk is full, the job's outputs are deleted to free space, because the outputs
        of a failed job are not used.
        """
        shown = message.encode()[:MESSAGE_BYTES].decode(errors="ignore")
        path = self.opt_ml / "output" / ("message" if self.is_processing else "failure")
        try:
            _written(path, shown)
        except OSError:
            self._remove_outputs()
            _written(path, shown)

    def _remove_outputs(self) -> None:
        for folder in ("processing/output", "model", "output/data"):
            shutil.rmtree(self.opt_ml / folder, ignore_errors=True)

    def _mounted(self, path: str) -> Path:
        """The folder of a path that the service gives."""
        return self.opt_ml / Path(path).relative_to("/opt/ml")

    def _resources(self) -> dict[str, Any]:
        folder = "config" if self.is_processing else "input/config"
        return _read_json(self.opt_ml / folder / "resourceconfig.json")


def current_container() -> Container:
    """Return the container that this process runs in.

    If /opt/ml cannot be mounted, SAGEMAKER_BASE_DIR (a variable of SageMaker's training toolkit)
    contains another folder.
    """
    return Container(opt_ml=Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml")))


def _created(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _written(path: Path, text: str) -> None:
    _created(path.parent)
    path.write_text(text, encoding="utf-8")


def _read_json(path: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return read
