"""Starts one step of a pipeline inside its container and reports how it ended."""

import argparse
import errno
import importlib
import os
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

from pipeline_code.runtime.container import Container, current_container
from pipeline_code.runtime.job_errors import JobError


def main(package: str, arguments: Sequence[str] | None = None) -> int:
    """Run the step named on the command line; its module's `run` gets the container.

    Returns the job's exit code: 0, or 1 after the reason of the failure was written where the
    service shows it and the traceback to standard error.
    """
    parser = argparse.ArgumentParser(description=f"Runs a step of {package}.")
    parser.add_argument("step", help="name of the step's module, such as preprocess")
    step = parser.parse_args(arguments).step
    # OpenMP's threads wait for each other by spinning: where a job has to share its cores, fitting
    # a small model took up to 10 s with two of them and 0.1 s with one. A job of large data sets
    # another number in its environment. The libraries read it when they are imported.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    # With several threads on shared cores, waiting ones that sleep made a fit ten times faster.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    return _run(f"{package}.{step}", current_container())


def _run(module: str, container: Container) -> int:
    started = time.monotonic()
    try:
        importlib.import_module(module).run(container)
    # The job's edge: whatever went wrong must reach the person who started the job.
    except Exception as error:
        traceback.print_exc()
        container.report_failure(_reason(error))
        return 1
    print(f"{module} done in {time.monotonic() - started:.2f} s")
    return 0


def _reason(error: Exception) -> str:
    if isinstance(error, JobError):
        return str(error)
    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"({Path(frame.filename).name}, line {frame.lineno})"
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return f"the disk is full: give the step's Instances a larger volume_gb: {error} {place}"
    if isinstance(error, MemoryError):
        return f"the memory is full: name a larger instance type: {error} {place}"
    return f"{type(error).__name__}: {error} {place}"
