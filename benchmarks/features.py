"""Measures reads of the online feature store on the laptop, and the ingestion of records.

Command: python -m benchmarks.features. Prints milliseconds of requests and records per second. AWS
has other latencies: its documentation says low milliseconds, and a smoke run must measure them.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from botocore.config import Config
from rich.console import Console
from rich.table import Table

from benchmarks.laptop import Laptop
from benchmarks.laptop_clients import client

GROUP, RECORDS, ROUNDS, THREADS = "bench-venues", 1_000, 300, 16
IDENTIFIERS = (1, 10, 100)


def main() -> int:
    """Measure a laptop cloud of its own."""
    with tempfile.TemporaryDirectory() as folder:
        laptop = Laptop(Path(folder))
        laptop.run("up")
        try:
            variables = laptop.json("env")
            _create(client("sagemaker", variables))
            store = client(
                "sagemaker-featurestore-runtime",
                variables,
                config=Config(max_pool_connections=THREADS),
            )
            _report(_ingest(store), _reads(store))
        finally:
            laptop.run("down")
    return 0


def _create(sagemaker: Any) -> None:
    kinds = {"venueid": "String", "changed": "String", "seats": "Integral", "tickets": "Integral"}
    sagemaker.create_feature_group(
        FeatureGroupName=GROUP,
        RecordIdentifierFeatureName="venueid",
        EventTimeFeatureName="changed",
        FeatureDefinitions=[
            {"FeatureName": name, "FeatureType": kind} for name, kind in kinds.items()
        ],
        OnlineStoreConfig={"EnableOnlineStore": True},
    )


def _ingest(store: Any) -> float:
    """Return the records per second that several threads write."""

    def put(number: int) -> None:
        values = {
            "venueid": str(number),
            "changed": "2008-01-01T00:00:00Z",
            "seats": "100",
            "tickets": "50",
        }
        record = [{"FeatureName": name, "ValueAsString": text} for name, text in values.items()]
        store.put_record(FeatureGroupName=GROUP, Record=record)

    started = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(put, range(RECORDS)))
    return RECORDS / (time.perf_counter() - started)


def _reads(store: Any) -> dict[str, list[float]]:
    """Return the milliseconds of each request, by the kind of request."""

    def get() -> None:
        store.get_record(FeatureGroupName=GROUP, RecordIdentifierValueAsString="1")

    def batch(number: int) -> Callable[[], None]:
        wanted = {
            "FeatureGroupName": GROUP,
            "RecordIdentifiersValueAsString": [str(each) for each in range(number)],
        }
        return lambda: store.batch_get_record(Identifiers=[wanted])

    calls = {"GetRecord": get} | {f"BatchGetRecord of {n}": batch(n) for n in IDENTIFIERS}
    return {name: [_milliseconds(call) for _ in range(ROUNDS)] for name, call in calls.items()}


def _milliseconds(call: Callable[[], None]) -> float:
    started = time.perf_counter()
    call()
    return 1000 * (time.perf_counter() - started)


def _report(records_per_second: float, reads: dict[str, list[float]]) -> None:
    table = Table("request", "median ms", "99 % ms")
    for name, taken in reads.items():
        percentiles = statistics.quantiles(taken, n=100)
        table.add_row(name, f"{statistics.median(taken):.1f}", f"{percentiles[98]:.1f}")
    console = Console(highlight=False)
    console.print(table)
    console.print(f"PutRecord with {THREADS} threads: {records_per_second:.0f} records per second")


if __name__ == "__main__":
    sys.exit(main())
