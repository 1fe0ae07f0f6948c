"""Executes a plain training script as SageMaker's training toolkit does.

The toolkit in a framework image passes a script its paths as SM_* variables and the hyperparameters
as arguments. It does not run in a training job with ContainerEntrypoint, so this module does the
same. Source: sagemaker-training-toolkit v5.1.0,
https://github.com/aws/sagemaker-training-toolkit/blob/v5.1.0/ENVIRONMENT_VARIABLES.md and, below
src/sagemaker_training, environment.py (Environment, num_gpus), mapping.py (to_env_vars,
to_cmd_args) and params.py (SAGEMAKER_HYPERPARAMETERS).

A script in a zip is not a file in a folder, so the files that it opens must be in a channel.
"""

import json
import os
import runpy
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeline_code.runtime.container import Container
from pipeline_code.runtime.job_errors import JobError
from pipeline_code.runtime.module_source import ModuleSource

# Hyperparameters that SageMaker and its SDK add for their own use.
OWN_PREFIX = "sagemaker_"
OWN_NAMES = ("_tuning_objective_metric", "default_user_module_name")


def execute_script(source: ModuleSource, container: Container) -> None:
    """Execute the module as `__main__`, in a training job with its variables and arguments.

    The script can import the modules of its folder without the package name. Raises JobError if the
    script exits with a status other than 0. Exceptions of the script are not caught.
    """
    arguments: list[str] = []
    if not container.is_processing:
        os.environ.update(script_variables(container))
        arguments = script_arguments(_hyperparameters(container))
    sys.argv[1:] = arguments
    sys.path.insert(0, str(Path(source.origin).parent))
    try:
        runpy.run_module(source.name, run_name="__main__", alter_sys=True)
    except SystemExit as ended:
        if ended.code not in (None, 0):
            raise JobError(f"{source.name} exited with {ended.code!r}: see the log") from ended


def script_variables(container: Container) -> dict[str, str]:
    """Return the SM_* variables of a training job: texts unchanged, other values as JSON."""
    hyperparameters = _hyperparameters(container)
    values: dict[str, Any] = {
        "channels": sorted(container.channels),
        "current_host": container.host,
        "hosts": container.hosts,
        "hps": hyperparameters,
        "input_config_dir": str(container.opt_ml / "input" / "config"),
        "input_dir": str(container.opt_ml / "input"),
        "model_dir": str(container.model),
        "num_cpus": os.cpu_count(),
        "num_gpus": _number_of_gpus(),
        "output_data_dir": str(container.output_data),
        "output_dir": str(container.opt_ml / "output"),
        "user_args": script_arguments(hyperparameters),
    }
    values |= {f"channel_{name}": str(container.channel(name)) for name in container.channels}
    values |= {f"hp_{name}": value for name, value in hyperparameters.items()}
    return {f"SM_{name.upper()}": _variable(value) for name, value in values.items()}


def script_arguments(hyperparameters: Mapping[str, Any]) -> list[str]:
    """Return `--name value` or `-n value` for each hyperparameter, sorted by name."""
    pairs = sorted(hyperparameters.items())
    return [
        text
        for name, value in pairs
        for text in (f"--{name}" if len(name) > 1 else f"-{name}", _argument(value))
    ]


def _hyperparameters(container: Container) -> dict[str, Any]:
    """The user's hyperparameters. Values are decoded from JSON, in which the SDK encodes them."""
    return {
        name: _decoded(text)
        for name, text in container.hyperparameters.items()
        if not name.startswith(OWN_PREFIX) and name not in OWN_NAMES
    }


def _decoded(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _variable(value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _argument(value: Any) -> str:
    if isinstance(value, dict):
        return ",".join(f"{name}={each}" for name, each in sorted(value.items()))
    return "" if value is None else str(value)


def _number_of_gpus() -> int:
    command = ["nvidia-smi", "--list-gpus"]
    try:
        listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return 0
    return sum(line.startswith("GPU ") for line in listed.splitlines())
