"""Runs programs in processes of their own: CPU seconds, and memory above that of the imports."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from rich.table import Table

Program = Callable[[Path, Path], None]


@dataclass(frozen=True)
class Measured:
    """How long a program took, and its largest memory above that of its imports.

    Unlike `seconds`, `cpu_seconds` do not depend on other programs of the machine.
    """

    seconds: float
    cpu_seconds: float
    mebibytes: float


def measured(program: Program, source: Path, target: Path) -> Measured:
    """Run a function of a module with the folders that it reads and writes."""
    target.mkdir()
    # Threads that wait for others of a busy machine use CPU time.
    os.environ["OMP_NUM_THREADS"] = "1"
    # A process of its own, because the memory is the largest of its life.
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_run, program, source, target).result()


def _run(program: Program, source: Path, target: Path) -> Measured:
    imports, started, used = _memory(), time.perf_counter(), time.process_time()
    program(source, target)
    seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - used
    return Measured(seconds, cpu_seconds, _memory() - imports)


def _memory() -> float:
    """The largest memory of this process until now, in MiB."""
    # Unlike ru_maxrss, it does not contain the memory of the process that started this one.
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) / 1024


def mebibytes_of(folder: Path) -> float:
    """The size of the files in a folder."""
    return sum(path.stat().st_size for path in folder.iterdir()) / 2**20


def compared(
    runs: Mapping[str, Measured], rows: int, *, title: str, peers: tuple[str, ...]
) -> Table:
    """Return a table that compares the programs with the fastest of the `peers`."""
    least = min(runs[name].cpu_seconds for name in peers)
    table = Table("program", title=title)
    for column in ("seconds", "CPU s", "rows / CPU s", "MiB above imports", "CPU / least plain"):
        table.add_column(column, justify="right")
    for name, each in runs.items():
        speed, ratio = rows / each.cpu_seconds, each.cpu_seconds / least
        numbers = (f"{each.seconds:.1f}", f"{each.cpu_seconds:.1f}", f"{speed:,.0f}")
        table.add_row(name, *numbers, f"{each.mebibytes:,.0f}", f"{ratio:.2f}")
    return table
