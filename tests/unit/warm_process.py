"""Runs a code archive as a program, in a process that has already imported slow libraries.

A server process imports the libraries once. Each program runs in a fork of it, with its own
environment variables, folder and output.
"""

from __future__ import annotations

import multiprocessing
import os
import runpy
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

REPOSITORY = Path(__file__).parents[2]
# Imports of the steps of pipelines that take longer than most steps.
LIBRARIES = ["boto3", "pyarrow.csv", "pyarrow.parquet", "sklearn.preprocessing", "xgboost"]


@dataclass(frozen=True)
class Ended:
    """The exit code of a program, and what it printed."""

    code: int
    output: str


def run_archive(
    archive: Path, *arguments: str, environment: Mapping[str, str], folder: Path
) -> Ended:
    """Run `python ARCHIVE ARGUMENTS` with these variables in a folder."""
    with TemporaryDirectory() as temporary:
        printed = Path(temporary) / "printed"
        process = warm_context().Process(
            target=_run, args=([str(archive), *arguments], dict(environment), folder, printed)
        )
        process.start()
        process.join()
        code = process.exitcode
        process.close()
        return Ended(code, printed.read_text())


@cache
def warm_context() -> ForkServerContext:
    """Return the context whose processes have imported LIBRARIES."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(LIBRARIES)
    with pytest.MonkeyPatch.context() as patch:
        # OpenMP reads these when the libraries are imported; the laptop cloud sets them for jobs.
        patch.setenv("OMP_NUM_THREADS", "1")
        patch.setenv("OMP_WAIT_POLICY", "PASSIVE")
        forkserver.ensure_running()
    return context


def _run(
    command: Sequence[str], environment: Mapping[str, str], folder: Path, printed: Path
) -> None:
    """Run the program in this process, without the state of the tests."""
    file = os.open(printed, os.O_CREAT | os.O_WRONLY, 0o600)
    for descriptor in (1, 2):
        os.dup2(file, descriptor)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv[:] = command
    # The program must find its code in the archive, not in the repository.
    sys.path[:] = [path for path in sys.path if path and not _is_ours(path)]
    runpy.run_path(command[0], run_name="__main__")


def _is_ours(path: str) -> bool:
    return Path(path).resolve() == REPOSITORY
