"""Measures the training of trees on rows that are larger than the memory.

Command: python -m benchmarks training [--rows N]. It needs 200 bytes of disk for each row.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from rich.console import Console

from benchmarks.program_runs import compared, measured, mebibytes_of
from benchmarks.training_programs import PLAIN, PROGRAMS, generate


def main(rows: int) -> int:
    """Measure and print a table. Return 1 if the models are not equal."""
    with tempfile.TemporaryDirectory() as temporary:
        source = Path(temporary) / "source"
        generate(source, rows)
        runs = {
            name: measured(program, source, Path(temporary) / name)
            for name, program in PROGRAMS.items()
        }
        title = f"{rows:,} rows, {mebibytes_of(source / 'train'):,.0f} MiB of CSV"
        models = {
            (Path(temporary) / name / "model").read_bytes()
            for name in PROGRAMS
            if "sorted" not in name
        }
    console = Console(highlight=False)
    console.print(compared(runs, rows, title=title, peers=(PLAIN,)))
    console.print("the models are equal" if len(models) == 1 else "the models are NOT equal")
    return len(models) - 1
