"""The SM_* variables and the arguments of a user's script.

Source: `Environment.to_env_vars` and `mapping.to_cmd_args` of aws/sagemaker-training-toolkit.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# The prefix of hyperparameters for the toolkit, which are not passed to the script.
_PREFIX = "sagemaker_"
# The hyperparameters with this prefix that the toolkit reads. Others are in SM_FRAMEWORK_PARAMS.
_OF_THE_TOOLKIT = frozenset(
    {
        "sagemaker_program",
        "sagemaker_submit_directory",
        "sagemaker_enable_cloudwatch_metrics",
        "sagemaker_region",
        "sagemaker_container_log_level",
        "sagemaker_job_name",
        "sagemaker_s3_output",
    }
)
# The service adds this hyperparameter to the jobs of a tuning job. Source: params.py of the
# toolkit (TUNING_METRIC_PARAM), which does not pass it to the script.
_OBJECTIVE = "_tuning_objective_metric"


@dataclass(frozen=True)
class TrainingEnvironment:
    """The files of /opt/ml/input/config, below `root`."""

    root: Path
    all_hyperparameters: Mapping[str, Any]
    resources: Mapping[str, Any]
    channels: Mapping[str, Any]

    @classmethod
    def read(cls, root: Path) -> TrainingEnvironment:
        """Read the configuration files of the container."""
        config = root / "input" / "config"
        texts = json.loads((config / "hyperparameters.json").read_text())
        return cls(
            root=root,
            all_hyperparameters={name: _parsed(text) for name, text in texts.items()},
            resources=json.loads((config / "resourceconfig.json").read_text()),
            channels=json.loads((config / "inputdataconfig.json").read_text()),
        )

    @property
    def hyperparameters(self) -> dict[str, Any]:
        """The hyperparameters of the script."""
        given = self.all_hyperparameters.items()
        return {
            name: value
            for name, value in given
            if not name.startswith(_PREFIX) and name != _OBJECTIVE
        }

    @property
    def program(self) -> str:
        """The name of the script or program."""
        return str(self.all_hyperparameters["sagemaker_program"])

    @property
    def submit_directory(self) -> str:
        """The S3 URI of the archive that contains the script."""
        return str(self.all_hyperparameters["sagemaker_submit_directory"])

    @property
    def code(self) -> Path:
        """The folder of the script."""
        return self.root / "code"

    def arguments(self) -> list[str]:
        """Return the hyperparameters as arguments of the script, sorted by name."""
        return [
            text
            for name, value in sorted(self.hyperparameters.items())
            for text in (f"--{name}" if len(name) > 1 else f"-{name}", _argument(value))
        ]

    def variables(self) -> dict[str, str]:
        """Return the SM_* variables: texts unchanged, other values as JSON."""
        values = self._values()
        for name in self.channels:
            values[f"channel_{name}"] = str(self.root / "input" / "data" / name)
        for name, value in self.hyperparameters.items():
            values[f"hp_{name}"] = value
        return {f"SM_{name.upper()}": _variable(value) for name, value in values.items()}

    def _values(self) -> dict[str, Any]:
        framework = {
            name: value
            for name, value in self.all_hyperparameters.items()
            if name.startswith(_PREFIX) and name not in _OF_THE_TOOLKIT
        }
        return {
            "hosts": self.resources["hosts"],
            "current_host": self.resources["current_host"],
            "current_instance_type": self.resources["current_instance_type"],
            "current_instance_group": self.resources["current_group_name"],
            "network_interface_name": self.resources["network_interface_name"],
            "hps": self.hyperparameters,
            "user_entry_point": self.program,
            "user_args": self.arguments(),
            "framework_params": framework,
            "resource_config": self.resources,
            "input_data_config": self.channels,
            "channels": sorted(self.channels),
            "module_name": Path(self.program).stem,
            "module_dir": self.submit_directory,
            "log_level": self.all_hyperparameters.get(
                "sagemaker_container_log_level", logging.INFO
            ),
            "input_dir": str(self.root / "input"),
            "input_config_dir": str(self.root / "input" / "config"),
            "model_dir": str(self.root / "model"),
            "output_dir": str(self.root / "output"),
            "output_data_dir": str(self.root / "output" / "data"),
            "output_intermediate_dir": str(self.root / "output" / "intermediate"),
            "num_cpus": os.cpu_count() or 1,
            "num_gpus": 0,
        }


def _parsed(text: str) -> Any:
    """Parse a hyperparameter. The SDK writes JSON; any other text is the value."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _argument(value: Any) -> str:
    if isinstance(value, Mapping):
        return ",".join(f"{name}={item}" for name, item in sorted(value.items()))
    return "" if value is None else str(value)


def _variable(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, sort_keys=True, separators=(",", ":"))
