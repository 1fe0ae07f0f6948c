"""Measures preparation, training and prediction of one size for docs/scale.md.

Command: python -m benchmarks scale [--rows N]. The measurements of other sizes remain in the file.
`make docs` writes the tables and the drawing of the page from it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks import batch_programs, preparation_programs, training_programs
from benchmarks.program_runs import Program, measured
from benchmarks.scale_model import (
    PLAIN,
    PREDICTION,
    PREPARATION,
    TRAINING,
    Measurement,
    Measurements,
)


def _rows_of_tickit(source: Path, rows: int) -> None:
    source.mkdir()
    preparation_programs.generate(source, rows)


def _rows_and_model_of_tickit(source: Path, rows: int) -> None:
    batch_programs.generate(source / "rows", rows)
    batch_programs.train(source)


# The rows, and the programs that are measured with them.
STAGES: tuple[tuple[Callable[[Path, int], None], dict[str, Program]], ...] = (
    (
        _rows_of_tickit,
        {PREPARATION: preparation_programs.whole_step, PLAIN: preparation_programs.plain_pyarrow},
    ),
    (training_programs.generate, {TRAINING: training_programs.in_blocks}),
    (_rows_and_model_of_tickit, {PREDICTION: batch_programs.hosted_model}),
)


def main(rows: int) -> int:
    """Measure, and add the measurements to the file; return the exit code."""
    for generate, programs in STAGES:
        with tempfile.TemporaryDirectory() as temporary:
            source = Path(temporary) / "source"
            generate(source, rows)
            for name, program in programs.items():
                found = measured(program, source, Path(temporary) / name)
                one = Measurement(name, rows, round(found.cpu_seconds, 1), round(found.mebibytes))
                Measurements.read().with_one(one).write()
                print(one)
    return 0
