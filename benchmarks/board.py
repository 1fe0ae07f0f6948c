"""Measures the pages of the board with few and with many executions of a pipeline.

Command: python -m benchmarks.board. Prints seconds, and ratios that must stay below 2.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks.laptop import REPOSITORY, Laptop
from benchmarks.laptop_clients import client

FEW, MANY, LIMIT = 20, 2_000, 2.0
ROUNDS = 5
_PARALLEL = 16
PIPELINE = "redline-local-many"
PAGES = {"first page": "/", "page of the pipeline": "/pipelines/many"}
_TRUST = {
    "Effect": "Allow",
    "Principal": {"Service": "sagemaker.amazonaws.com"},
    "Action": "sts:AssumeRole",
}
# An execution ends at once, with a reason.
_DEFINITION = {
    "Version": "2020-12-01",
    "Steps": [{"Name": "End", "Type": "Fail", "Arguments": {"ErrorMessage": "enough"}}],
}
_LAKE = {
    "Resources": {"Lake": {"Type": "AWS::S3::Bucket"}},
    "Outputs": {"LakeBucketName": {"Value": {"Ref": "Lake"}}},
}


def main() -> int:
    """Measure both numbers of executions. Return 1 if a ratio is above the limit."""
    console = Console(highlight=False)
    with tempfile.TemporaryDirectory() as folder:
        laptop = Laptop(Path(folder))
        laptop.run("up")
        try:
            variables = laptop.json("env")
            _create(variables)
            sagemaker = client("sagemaker", variables)
            _execute(sagemaker, FEW)
            few = _measure(laptop)
            _execute(sagemaker, MANY - FEW)
            many = _measure(laptop)
        finally:
            laptop.run("down")
    ratios = {name: many[name] / few[name] for name in PAGES}
    for name, ratio in ratios.items():
        console.print(
            f"{name:22} {few[name]:.3f} s with {FEW} executions, {many[name]:.3f} s with {MANY}: "
            f"ratio {ratio:.2f} (limit {LIMIT})"
        )
    return int(max(ratios.values()) > LIMIT)


def _create(variables: dict[str, str]) -> None:
    """Create the pipeline, and a stack with a lake, as the board finds it."""
    cloudformation = client("cloudformation", variables)
    cloudformation.create_stack(StackName="redline-local-data", TemplateBody=json.dumps(_LAKE))
    policy = json.dumps({"Version": "2012-10-17", "Statement": [_TRUST]})
    role = client("iam", variables).create_role(RoleName="many", AssumeRolePolicyDocument=policy)
    client("sagemaker", variables).create_pipeline(
        PipelineName=PIPELINE,
        PipelineDefinition=json.dumps(_DEFINITION),
        RoleArn=role["Role"]["Arn"],
        ClientRequestToken="0" * 32,
    )


def _execute(sagemaker: Any, number: int) -> None:
    """Start executions, and wait until each has ended."""

    def execute(_: int) -> None:
        arn = sagemaker.start_pipeline_execution(PipelineName=PIPELINE)["PipelineExecutionArn"]
        while _runs(sagemaker, arn):
            time.sleep(0.05)

    with ThreadPoolExecutor(_PARALLEL) as pool:
        list(pool.map(execute, range(number)))


def _runs(sagemaker: Any, arn: str) -> bool:
    described = sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)
    return described["PipelineExecutionStatus"] in ("Starting", "Executing")


def _measure(laptop: Laptop) -> dict[str, float]:
    """Return the seconds of each page of a new board, the fastest of some."""
    return {
        name: min(_first_read(laptop, path) for _ in range(ROUNDS)) for name, path in PAGES.items()
    }


def _first_read(laptop: Laptop, path: str) -> float:
    """Return the seconds of a page that a new board reads for the first time."""
    with _board(laptop) as address:
        # Clients of AWS are made with the first page.
        _read(f"{address}schedules")
        started = time.perf_counter()
        _read(f"{address}{path.removeprefix('/')}")
        return time.perf_counter() - started


def _read(address: str) -> None:
    with urllib.request.urlopen(address) as response:
        response.read()


@contextmanager
def _board(laptop: Laptop) -> Iterator[str]:
    command = [sys.executable, "-m", "operations", "--state", str(laptop.state), "--env", "local"]
    process = subprocess.Popen(
        [*command, "board", "--port", "0"], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        found = re.search(r"http://\S+/", line)
        assert found, f"the board did not start: {line}"
        yield found[0]
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    sys.exit(main())
