"""Measures a container's program: as a new process, and as a fork of the template.

Command: python -m benchmarks.program_start. Both import the packages of a training job, in
alternating rounds; the CPU seconds of all processes of a container count, in the fastest round.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from local_cloud.child_environment import isolated_variables
from local_cloud.isolated_python import create_interpreter
from local_cloud.sagemaker.jobs.process_isolation import launch

_ROUNDS = 10
_PROGRAM = """
import boto3, numpy, pyarrow.parquet, sklearn.ensemble
import sys
print(any(type(finder).__name__ == "LoadedModules" for finder in sys.meta_path))
"""
_FORK = ["python3", "/opt/ml/job.py"]
# A program with an option of the interpreter is a new process.
_NEW = ["python3", "-B", "/opt/ml/job.py"]
_SECONDS = 60


def main() -> int:
    """Print the CPU seconds of both and their ratio."""
    with TemporaryDirectory() as folder:
        job = Path(folder, "job")
        for name in ("ml", "opt", "current"):
            (job / name).mkdir(parents=True)
        (job / "ml/job.py").write_text(_PROGRAM)
        python = create_interpreter(job / ".python")
        environment = isolated_variables(python, job)
        _wait_for_template(job, environment)
        rounds = [
            [_cpu_seconds(job, environment, command) for command in (_NEW, _FORK)]
            for _ in range(_ROUNDS)
        ]
    new, forked = (min(times) for times in zip(*rounds, strict=True))
    table = Table("program of a container", "CPU seconds")
    table.add_row("new process", f"{new:.2f}")
    table.add_row("fork of the template", f"{forked:.2f}")
    table.add_row("ratio", f"{new / forked:.1f}", style="bold")
    Console(highlight=False).print(table)
    return 0


def _wait_for_template(job: Path, environment: Mapping[str, str]) -> None:
    deadline = time.monotonic() + _SECONDS
    while not _is_fork(job, environment, _FORK):
        if time.monotonic() > deadline:
            raise RuntimeError("no program is a fork: this machine does not allow namespaces")


def _cpu_seconds(job: Path, environment: Mapping[str, str], command: list[str]) -> float:
    before = os.times()
    if _is_fork(job, environment, command) != (command == _FORK):
        raise RuntimeError(f"{command} was started in the other way")
    after = os.times()
    return (
        after.children_user - before.children_user + after.children_system - before.children_system
    )


def _is_fork(job: Path, environment: Mapping[str, str], command: list[str]) -> bool:
    """Run the program, and return whether it was a fork."""
    prepared = launch(
        command=command,
        environment=environment,
        folder=job / "ml",
        mount_point=job / "opt",
        network=True,
    )
    with subprocess.Popen(
        prepared.command,
        env=prepared.environment,
        cwd=job / "current",
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        return process.stdout.read() == "True\n"


if __name__ == "__main__":
    sys.exit(main())
