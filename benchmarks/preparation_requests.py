"""Measures the features of a single request row: the flows of bank and tickit, and plain numpy.

Command: python -m benchmarks.preparation_requests. All run in one process, in alternating rounds,
and the CPU seconds of the fastest round count, which do not depend on other programs.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from rich.console import Console
from rich.table import Table

from pipeline_code.bank import features as bank
from pipeline_code.tickit import features as tickit

Features = Callable[[pa.Table], npt.NDArray[np.float64]]
ROUNDS, REQUESTS = 20, 500
TICKIT_COLUMNS = ("venueid", "catid", "caldate", "holiday", "events")
BANK_ROW = {
    **{name: values[0] for name, values in bank.CATEGORIES.items()},
    **{"age": 41, "campaign": 2, "pdays": bank.NEVER_CONTACTED, "previous": 0},
}
TICKIT_ROW = {
    **{"venueid": 3, "catid": 9, "caldate": date(2008, 3, 1), "holiday": True, "events": 2},
}


def plain_bank(rows: pa.Table) -> npt.NDArray[np.float64]:
    """The features of bank without a flow."""
    job = rows["job"].to_numpy()
    derived = [
        rows["pdays"].to_numpy() == bank.NEVER_CONTACTED,
        np.isin(job, bank.NOT_WORKING),
    ]
    numbers = [rows[name].to_numpy() for name in bank.NUMBERS]
    flags = [
        rows[name].to_numpy() == value
        for name, values in bank.CATEGORIES.items()
        for value in values
    ]
    return np.column_stack([*numbers, *derived, *flags]).astype(np.float64)


def plain_tickit(rows: pa.Table) -> npt.NDArray[np.float64]:
    """The features of tickit without a flow."""
    days = rows["caldate"].to_numpy().astype("datetime64[D]")
    columns = [
        *(rows[name].to_numpy() for name in ("venueid", "catid", "holiday")),
        # Day 0 of numpy, 1970-01-01, was a Thursday.
        (days.astype(np.int64) + 3) % 7,
        (days - days.astype("datetime64[Y]")).astype(np.int64) + 1,
        rows["events"].to_numpy(),
    ]
    return np.column_stack(columns).astype(np.float64)


def main() -> int:
    """Measure and print a table; return 1 if a flow is slower than plain numpy."""
    bank_rows = pa.Table.from_pylist([BANK_ROW]).select(bank.raw_columns("campaign"))
    tickit_flow = tickit.FLOW.without_fit(TICKIT_COLUMNS)
    compared = {
        "bank": (bank_rows, bank.flow_of("campaign").matrix, plain_bank),
        "tickit": (pa.Table.from_pylist([TICKIT_ROW]), tickit_flow.matrix, plain_tickit),
    }
    table = Table("pipeline", title="CPU milliseconds of the features of one request row")
    for column in ("flow", "plain numpy", "flow / plain"):
        table.add_column(column, justify="right")
    slower = False
    for name, (rows, flow, plain) in compared.items():
        np.testing.assert_array_equal(flow(rows), plain(rows))
        seconds = _fastest(rows, [flow, plain])
        ratio = seconds[0] / seconds[1]
        slower |= ratio > 1
        table.add_row(name, *(f"{1000 * each:.3f}" for each in seconds), f"{ratio:.2f}")
    Console(highlight=False).print(table)
    return int(slower)


def _fastest(rows: pa.Table, functions: list[Features]) -> list[float]:
    """The CPU seconds of one call of each function in its fastest round."""
    rounds = [[_cpu_seconds(rows, each) for each in functions] for _ in range(ROUNDS)]
    return [min(times) for times in zip(*rounds, strict=True)]


def _cpu_seconds(rows: pa.Table, function: Features) -> float:
    started = time.process_time()
    for _ in range(REQUESTS):
        function(rows)
    return (time.process_time() - started) / REQUESTS


if __name__ == "__main__":
    sys.exit(main())
