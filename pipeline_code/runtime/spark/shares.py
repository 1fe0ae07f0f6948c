"""Runs a step once for each share of the files of an input, as the tasks of a Spark job.

Every share is like an instance of a processing job: the step sees a host of its own, with the files
of its share. So a step that can run on several instances needs no other code for Spark, and its
rows are the same.
"""

import importlib
import json
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline_code.runtime.container import Container, current_container
from pipeline_code.runtime.job_errors import JobError, SettingError
from pipeline_code.runtime.spark.packages import install_packages

# The variables of the job's environment with the module of the step, and its input.
STEP_VARIABLE, INPUT_VARIABLE = "SPARK_STEP", "SPARK_INPUT"
# The number of shares does not depend on the cluster, so that outputs do not either.
MOST_SHARES = 256


@dataclass(frozen=True)
class Share:
    """The files of the input `name` that a task reads, relative to the folder of the input."""

    host: str
    hosts: tuple[str, ...]
    step: str
    name: str
    files: tuple[str, ...]


def run(container: Container) -> None:
    """Run the step of SPARK_STEP for each share of the input of SPARK_INPUT.

    Raises JobError with the message of the first share that failed.
    """
    given = shares_of(container, _variable(STEP_VARIABLE), _variable(INPUT_VARIABLE))
    context = spark_context()
    print(f"{len(given)} shares on {context.master}, Spark {context.version}")
    failures = context.parallelize(given, len(given)).map(run_share).collect()
    context.stop()
    for failure in filter(None, failures):
        raise JobError(failure)


def shares_of(container: Container, step: str, name: str) -> list[Share]:
    """Distribute the files of an input, in the order of their names: at least one share."""
    folder = container.processing_input(name)
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    files = [path.relative_to(folder).as_posix() for path in found]
    hosts = tuple(f"share-{number:03}" for number in range(max(1, min(len(files), MOST_SHARES))))
    return [
        Share(host, hosts, step, name, tuple(files[index :: len(hosts)]))
        for index, host in enumerate(hosts)
    ]


def run_share(share: Share) -> str:
    """Run the step for a share, in a process of an executor. Return why it failed, if it did.

    The outputs are moved to those of the job when the share is complete, so that a task that Spark
    repeats leaves no part of its first attempt.
    """
    install_packages()
    container = current_container()
    os.environ.update(job_environment(container))
    with tempfile.TemporaryDirectory() as folder:
        own = Container(Path(folder))
        _link_inputs(share, container, own)
        try:
            importlib.import_module(share.step).run(own)
        except JobError as error:
            return str(error)
        _move_outputs(own, container)
    return ""


def _link_inputs(share: Share, container: Container, own: Container) -> None:
    source, target = container.processing_input(share.name), own.processing_input(share.name)
    target.mkdir(parents=True)
    for file in share.files:
        (target / file).parent.mkdir(parents=True, exist_ok=True)
        (target / file).symlink_to(source / file)
    config = own.opt_ml / "config"
    config.mkdir()
    resources = {"current_host": share.host, "hosts": share.hosts}
    (config / "resourceconfig.json").write_text(json.dumps(resources), encoding="utf-8")
    shutil.copy(container.opt_ml / "config" / "processingjobconfig.json", config)


def _move_outputs(own: Container, container: Container) -> None:
    folder = own.opt_ml / "processing" / "output"
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name, *parents = path.relative_to(folder).parts
        target = container.processing_output(name).joinpath(*parents)
        target.parent.mkdir(parents=True, exist_ok=True)
        # Complete before it has its name: the folder may be on another file system.
        partial = target.with_name(f".{target.name}.partial")
        shutil.move(path, partial)
        partial.replace(target)


def job_environment(container: Container) -> dict[str, str]:
    """Return the variables of the job's request, which processes of executors do not inherit."""
    path = container.opt_ml / "config" / "processingjobconfig.json"
    found: dict[str, str] = json.loads(path.read_text(encoding="utf-8")).get("Environment") or {}
    return found


def _variable(name: str) -> str:
    if not (value := os.environ.get(name, "")):
        raise SettingError(f"{name} of the job's environment is missing: use `spark_shares`")
    return value


def spark_context() -> Any:
    """Return the context of the application."""
    from pyspark.sql import SparkSession

    return SparkSession.builder.getOrCreate().sparkContext
