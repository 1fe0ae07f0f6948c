"""Measures the data preparation: rows per second of CPU, and memory above that of the imports.

Command: python -m benchmarks preparation [--rows N]. Each program runs in a process of its own,
one after the other, and reads the same generated files.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from rich.console import Console

from benchmarks.preparation_programs import PROGRAMS, generate
from benchmarks.program_runs import compared, measured, mebibytes_of

PEERS = ("plain pyarrow", "plain DuckDB")


def main(rows: int) -> int:
    """Measure and print a table; return the exit code."""
    with tempfile.TemporaryDirectory() as temporary:
        source = Path(temporary) / "source"
        source.mkdir()
        generate(source, rows)
        runs = {
            name: measured(program, source, Path(temporary) / name)
            for name, program in PROGRAMS.items()
        }
        title = f"{rows:,} rows, {mebibytes_of(source):,.0f} MiB of Parquet"
    Console(highlight=False).print(compared(runs, rows, title=title, peers=PEERS))
    return 0
