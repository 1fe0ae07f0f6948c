"""An endpoint under a steady load, beside the same model asked in a process of its own."""

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
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from botocore.config import Config
from rich.console import Console
from rich.table import Table

from benchmarks.clients import client

NAME = "bench"
BODY = b"3,9,2008-03-01,t,1\n7,9,2008-04-05,f,3\n1,6,2008-04-06,f,2\n"
CSV = "text/csv"
REQUESTS_PER_SECOND = 200
SECONDS = 30
# As many as the environment `local` serves with.
INSTANCES = 2
# As many as wait for an answer at once; each sends the next request that is due.
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
class Load:
    """What became of the requests: seconds of each answer since it was due, and the errors."""

    seconds: list[float]
    errors: Counter[str]

    def percentile(self, percent: int) -> float:
        """Seconds that this part of the answers took at most."""
        return statistics.quantiles(self.seconds, n=100)[percent - 1]


def under_load(endpoint_url: str, name: str) -> Load:
    """Send `REQUESTS_PER_SECOND` for `SECONDS`, whether or not the former were answered."""
    options = Config(max_pool_connections=SENDERS, retries={"total_max_attempts": 1})
    runtime = client("sagemaker-runtime", endpoint_url, config=options)
    runtime.invoke_endpoint(EndpointName=name, Body=BODY, ContentType=CSV, Accept=CSV)
    load = Load([], Counter())
    numbers, started = count(), time.perf_counter() + 0.5

    def send() -> None:
        for due in _due(numbers, started):
            try:
                answer = runtime.invoke_endpoint(
                    EndpointName=name, Body=BODY, ContentType=CSV, Accept=CSV
                )
                answer["Body"].read()
            except Exception as error:  # whatever is wrong with an answer is counted
                load.errors[f"{type(error).__name__}: {error}"] += 1
            load.seconds.append(time.perf_counter() - due)

    _at_once(send)
    return load


def in_process(model: Path) -> list[float]:
    """Seconds of the model's own functions for the same request, one after another."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", IN_PROCESS, str(model), BODY.decode()],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    taken: list[float] = json.loads(done.stdout)
    return taken


def deploy_endpoint(endpoint_url: str, model_name: str) -> None:
    """An endpoint of a model of CreateModel."""
    sagemaker = client("sagemaker", endpoint_url)
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


def latest_model(endpoint_url: str, pipeline: str, folder: Path) -> str:
    """The name of the newest model whose data lies under the pipeline's; unpacked in `folder`."""
    sagemaker = client("sagemaker", endpoint_url)
    for entry in sagemaker.list_models(SortBy="CreationTime", SortOrder="Descending")["Models"]:
        described = sagemaker.describe_model(ModelName=entry["ModelName"])
        uri: str = described.get("PrimaryContainer", {}).get("ModelDataUrl", "")
        if f"/{pipeline}/" in uri:
            _unpack(endpoint_url, uri, folder)
            return str(entry["ModelName"])
    raise LookupError(f"no model of {pipeline}: run the pipeline first")


def report(console: Console, load: Load, alone: list[float]) -> None:
    """Print what the requests took, and how many times as long as without an endpoint."""
    table = Table("", title=f"{REQUESTS_PER_SECOND} requests/s for {SECONDS} s")
    for name in ("p50 ms", "p99 ms"):
        table.add_column(name, justify="right")
    own = statistics.quantiles(alone, n=100)
    p50, p99 = load.percentile(50), load.percentile(99)
    table.add_row("endpoint", f"{p50 * 1000:.1f}", f"{p99 * 1000:.1f}")
    table.add_row("in-process", f"{own[49] * 1000:.1f}", f"{own[98] * 1000:.1f}")
    table.add_row("ratio", f"{p50 / own[49]:.1f}", f"{p99 / own[98]:.1f}", style="bold")
    console.print(table)
    console.print(f"{len(load.seconds)} requests, {sum(load.errors.values())} errors")
    for text, times in load.errors.most_common(5):
        console.print(f"  {times} x {text}")


def _due(numbers: Iterator[int], started: float) -> Iterator[float]:
    """The moments at which requests are due, each given to one sender, when it has come."""
    for number in numbers:
        if number >= REQUESTS_PER_SECOND * SECONDS:
            return
        due = started + number / REQUESTS_PER_SECOND
        time.sleep(max(0.0, due - time.perf_counter()))
        yield due


def _at_once(work: Callable[[], None]) -> None:
    threads = [threading.Thread(target=work) for _ in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _unpack(endpoint_url: str, uri: str, folder: Path) -> None:
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    folder.mkdir(parents=True)
    archive = folder.parent / "model.tar.gz"
    client("s3", endpoint_url).download_file(bucket, key, str(archive))
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
