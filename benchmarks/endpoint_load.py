"""Measures an endpoint under a constant load, and the same model called in a separate process."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tarfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from botocore.config import Config
from rich.console import Console
from rich.table import Table

from benchmarks.laptop_clients import client

NAME = "bench"
BODY = b"3,9,2008-03-01,t,1\n7,9,2008-04-05,f,3\n1,6,2008-04-06,f,2\n"
CSV = "text/csv"
REQUESTS_PER_SECOND = 200
SECONDS = 30
# The number of instances in the environment `local`.
INSTANCES = 2
# Number of threads. Each thread waits for its response, then sends the next request.
SENDERS = 16
IN_PROCESS = """
import json, sys, time
sys.path.insert(0, sys.argv[1] + "/code")
import inference
model = inference.model_fn(sys.argv[1])
body, taken = sys.argv[2], []
for _ in range(600):
    started = time.perf_counter()
    rows = inference.input_fn(body, "text/csv")
    inference.output_fn(inference.predict_fn(rows, model), "text/csv")
    taken.append(time.perf_counter() - started)
print(json.dumps(taken[100:]))
"""


@dataclass(frozen=True)
class LoadResult:
    """The result of a load test.

    `seconds` contains, for each request, the time between its due time and its response.
    """

    seconds: list[float]
    errors: Counter[str]

    def percentile(self, percent: int) -> float:
        """Return a percentile of the latency in seconds."""
        return statistics.quantiles(self.seconds, n=100)[percent - 1]


def send_load(variables: Mapping[str, str], name: str) -> LoadResult:
    """Send `REQUESTS_PER_SECOND` for `SECONDS`, without waiting for earlier responses."""
    options = Config(max_pool_connections=SENDERS, retries={"total_max_attempts": 1})
    runtime = client("sagemaker-runtime", variables, config=options)
    runtime.invoke_endpoint(EndpointName=name, Body=BODY, ContentType=CSV, Accept=CSV)
    result = LoadResult([], Counter())
    numbers, started = count(), time.perf_counter() + 0.5

    def send() -> None:
        for due in _due(numbers, started):
            try:
                response = runtime.invoke_endpoint(
                    EndpointName=name, Body=BODY, ContentType=CSV, Accept=CSV
                )
                response["Body"].read()
            except Exception as error:  # errors of all kinds are counted
                result.errors[f"{type(error).__name__}: {error}"] += 1
            result.seconds.append(time.perf_counter() - due)

    _run_in_threads(send)
    return result


def measure_in_process(model: Path) -> list[float]:
    """Call the functions of inference.py directly, one call after another. Return the seconds."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    completed = subprocess.run(
        [sys.executable, "-c", IN_PROCESS, str(model), BODY.decode()],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    taken: list[float] = json.loads(completed.stdout)
    return taken


def deploy_endpoint(variables: Mapping[str, str], model_name: str) -> None:
    """Deploy a model to an endpoint and wait until it is in service."""
    sagemaker = client("sagemaker", variables)
    variant = {
        "VariantName": "AllTraffic",
        "ModelName": model_name,
        "InstanceType": "ml.m5.large",
        "InitialInstanceCount": INSTANCES,
    }
    sagemaker.create_endpoint_config(EndpointConfigName=NAME, ProductionVariants=[variant])
    sagemaker.create_endpoint(EndpointName=NAME, EndpointConfigName=NAME)
    waiter = sagemaker.get_waiter("endpoint_in_service")
    waiter.wait(EndpointName=NAME, WaiterConfig={"Delay": 1, "MaxAttempts": 90})


def latest_model(variables: Mapping[str, str], pipeline: str, folder: Path) -> str:
    """Return the name of the pipeline's newest model, and unpack its artifact into `folder`.

    Raises:
        LookupError: the pipeline has no model.
    """
    sagemaker = client("sagemaker", variables)
    for entry in sagemaker.list_models(SortBy="CreationTime", SortOrder="Descending")["Models"]:
        described = sagemaker.describe_model(ModelName=entry["ModelName"])
        uri: str = described.get("PrimaryContainer", {}).get("ModelDataUrl", "")
        if f"/{pipeline}/" in uri:
            _unpack(variables, uri, folder)
            return str(entry["ModelName"])
    raise LookupError(f"the pipeline {pipeline} has no model: start it first")


def print_report(console: Console, result: LoadResult, in_process: list[float]) -> None:
    """Print the latency with and without the endpoint, and their ratio."""
    table = Table("", title=f"{REQUESTS_PER_SECOND} requests/s for {SECONDS} s")
    for name in ("p50 ms", "p99 ms"):
        table.add_column(name, justify="right")
    direct = statistics.quantiles(in_process, n=100)
    p50, p99 = result.percentile(50), result.percentile(99)
    table.add_row("endpoint", f"{p50 * 1000:.1f}", f"{p99 * 1000:.1f}")
    table.add_row("in-process", f"{direct[49] * 1000:.1f}", f"{direct[98] * 1000:.1f}")
    table.add_row("ratio", f"{p50 / direct[49]:.1f}", f"{p99 / direct[98]:.1f}", style="bold")
    console.print(table)
    console.print(f"{len(result.seconds)} requests, {sum(result.errors.values())} errors")
    for text, times in result.errors.most_common(5):
        console.print(f"  {times} x {text}")


def _due(numbers: Iterator[int], started: float) -> Iterator[float]:
    """Wait until the next request is due, then yield its time. The senders share `numbers`."""
    for number in numbers:
        if number >= REQUESTS_PER_SECOND * SECONDS:
            return
        due = started + number / REQUESTS_PER_SECOND
        time.sleep(max(0.0, due - time.perf_counter()))
        yield due


def _run_in_threads(work: Callable[[], None]) -> None:
    threads = [threading.Thread(target=work) for _ in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _unpack(variables: Mapping[str, str], uri: str, folder: Path) -> None:
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    folder.mkdir(parents=True)
    archive = folder.parent / "model.tar.gz"
    client("s3", variables).download_file(bucket, key, str(archive))
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
