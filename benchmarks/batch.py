"""Measures the prediction of many rows with the hosted model of tickit.

Command: python -m benchmarks batch [--rows N]. The model is trained on a part of the rows first.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from rich.console import Console

from benchmarks.batch_programs import PLAIN, PROGRAMS, generate, train
from benchmarks.program_runs import compared, measured, mebibytes_of


def main(rows: int) -> int:
    """Measure and print a table. Return 1 if the predictions are not equal."""
    with tempfile.TemporaryDirectory() as temporary:
        source = Path(temporary) / "source"
        generate(source / "rows", rows)
        train(source)
        runs = {
            name: measured(program, source, Path(temporary) / name)
            for name, program in PROGRAMS.items()
        }
        title = f"{rows:,} rows, {mebibytes_of(source / 'rows'):,.0f} MiB of gzipped CSV"
        predictions = {(Path(temporary) / name / "predictions").read_bytes() for name in PROGRAMS}
    console = Console(highlight=False)
    console.print(compared(runs, rows, title=title, peers=(PLAIN,)))
    equal = len(predictions) == 1
    console.print("the predictions are equal" if equal else "the predictions are NOT equal")
    return not equal
