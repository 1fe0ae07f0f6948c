"""Measures the prediction of one row: the compiled estimator of tickit, and scikit-learn's own.

Command: python -m benchmarks.single_row. Both predict the same rows in one process, in alternating
rounds; the CPU seconds of the fastest round count.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable

import numpy as np
from rich.console import Console
from rich.table import Table

from pipeline_code.runtime.single_row.row_function import row_function
from pipeline_code.tickit.train import Hyperparameters, estimator

TRAINING_ROWS, ROUNDS, REQUESTS = 5_000, 20, 100
# The goal: an endpoint predicts one row in a fifth of the time.
LEAST_RATIO = 5


def main() -> int:
    """Print the CPU time of both; return 1 if the ratio is below the goal."""
    # One thread, as in the laptop cloud. scikit-learn reads it when it is imported, which is below.
    os.environ["OMP_NUM_THREADS"] = "1"
    random = np.random.default_rng(0)
    rows = random.integers(0, 300, (TRAINING_ROWS, 6)).astype(float)
    model = estimator(Hyperparameters()).fit(rows, rows[:, 0] % 7 + rows[:, 4] / 100)
    compiled = row_function(model)
    if compiled is None:
        raise RuntimeError("the estimator of tickit has no function of one row")
    asked = rows[:REQUESTS]
    np.testing.assert_allclose(
        np.concatenate([compiled(row) for row in asked]), model.predict(asked), rtol=0, atol=1e-9
    )
    functions = (lambda row: model.predict(row[np.newaxis]), compiled)
    rounds = [[_cpu_seconds(function, asked) for function in functions] for _ in range(ROUNDS)]
    slow, fast = (min(times) for times in zip(*rounds, strict=True))
    table = Table("prediction of one row", "CPU microseconds")
    table.add_row("scikit-learn", f"{slow * 1e6:.0f}")
    table.add_row("compiled", f"{fast * 1e6:.0f}")
    table.add_row("ratio", f"{slow / fast:.1f}", style="bold")
    Console(highlight=False).print(table)
    return int(slow / fast < LEAST_RATIO)


def _cpu_seconds(function: Callable[[np.ndarray], np.ndarray], rows: np.ndarray) -> float:
    started = time.process_time()
    for row in rows:
        function(row)
    return (time.process_time() - started) / len(rows)


if __name__ == "__main__":
    sys.exit(main())
