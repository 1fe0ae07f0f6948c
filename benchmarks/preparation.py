"""Measures the data preparation: rows per second of CPU, and memory above that of the imports.

Command: python -m benchmarks preparation [--rows N]. Each program runs in a process of its own,
one after the other, and reads the same generated files.
"""

from __future__ import annotations

import re
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.preparation_programs import PROGRAMS, generate

ROWS = 10_000_000
PEERS = ("plain pyarrow", "plain DuckDB")


@dataclass(frozen=True)
class Measured:
    """How long a program took, and its largest memory above that of its imports.

    Unlike `seconds`, `cpu_seconds` do not depend on other programs of the machine.
    """

    seconds: float
    cpu_seconds: float
    mebibytes: float


def main(rows: int = ROWS) -> int:
    """Measure and print a table; return the exit code."""
    with tempfile.TemporaryDirectory() as temporary:
        source = Path(temporary) / "source"
        source.mkdir()
        generate(source, rows)
        size = sum(path.stat().st_size for path in source.iterdir()) / 2**20
        measured = {name: _measured(name, source, Path(temporary) / name) for name in PROGRAMS}
    Console(highlight=False).print(_table(measured, rows, size))
    return 0


def _measured(name: str, source: Path, target: Path) -> Measured:
    target.mkdir()
    # A process of its own, because the memory is the largest of its life.
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_run, name, source, target).result()


def _run(name: str, source: Path, target: Path) -> Measured:
    imports, started, used = _memory(), time.perf_counter(), time.process_time()
    PROGRAMS[name](source, target)
    seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - used
    return Measured(seconds, cpu_seconds, _memory() - imports)


def _memory() -> float:
    """The largest memory of this process until now, in MiB."""
    # Unlike ru_maxrss, it does not contain the memory of the process that started this one.
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) / 1024


def _table(measured: dict[str, Measured], rows: int, size: float) -> Table:
    least = min(measured[name].cpu_seconds for name in PEERS)
    table = Table("program", title=f"{rows:,} rows, {size:,.0f} MiB of Parquet")
    for column in ("seconds", "CPU s", "rows / CPU s", "MiB above imports", "CPU / least plain"):
        table.add_column(column, justify="right")
    for name, each in measured.items():
        speed, ratio = rows / each.cpu_seconds, each.cpu_seconds / least
        numbers = (f"{each.seconds:.1f}", f"{each.cpu_seconds:.1f}", f"{speed:,.0f}")
        table.add_row(name, *numbers, f"{each.mebibytes:,.0f}", f"{ratio:.2f}")
    return table
