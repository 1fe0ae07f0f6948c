"""Downloads the archive of the user's script and runs the script."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3

from .training_environment import TrainingEnvironment

# Python before 3.11.4 has no filters. The archive contains the user's own code.
_SAFE: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
# Without mount namespaces, this variable names the folder that replaces /opt/ml.
_BASE = "SAGEMAKER_BASE_DIR"


def main() -> int:
    """Run the script and return its exit code. On a failure, write a failure message."""
    root = Path(os.environ.get(_BASE, "/opt/ml"))
    environment = TrainingEnvironment.read(root)
    _download(environment.submit_directory, environment.code)
    variables = {**os.environ, **environment.variables(), "PYTHONPATH": str(environment.code)}
    for command in (*_installation(environment), _command(environment)):
        print(f"Invoking script with the following command:\n\n{shlex.join(command)}\n", flush=True)
        ended = subprocess.run(command, cwd=environment.code, env=variables, check=False)
        if ended.returncode:
            _report(root, command, ended.returncode)
            return ended.returncode
    return 0


def _download(uri: str, folder: Path) -> None:
    place = urlsplit(uri)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(suffix=".tar.gz") as file:
        boto3.client("s3").download_file(place.netloc, place.path.lstrip("/"), file.name)
        with tarfile.open(file.name, "r:gz") as archive:
            archive.extractall(folder, **_SAFE)


def _installation(environment: TrainingEnvironment) -> list[list[str]]:
    """Return the command that installs the requirements of the script, if it has any."""
    if not (environment.code / "requirements.txt").is_file():
        return []
    return [[sys.executable, "-m", "pip", "install", "-r", "requirements.txt"]]


def _command(environment: TrainingEnvironment) -> list[str]:
    program, arguments = environment.program, environment.arguments()
    if program.endswith(".py"):
        return [sys.executable, program, *arguments]
    (environment.code / program).chmod(0o777)
    return ["/bin/sh", "-c", f"./{program} {shlex.join(arguments)}"]


def _report(root: Path, command: list[str], code: int) -> None:
    """Write the failure message of the toolkit, unless the script has written one."""
    file = root / "output" / "failure"
    if not file.exists():
        kind = "InstallRequirementsError" if "pip" in command else "ExecuteUserScriptError"
        file.write_text(
            f'{kind}:\nExitCode {code}\nErrorMessage ""\nCommand "{shlex.join(command)}"'
        )
