"""Loads the generated sample data with the loader of the warehouse."""

from __future__ import annotations

from rich.console import Console

from operations.smoke import SmokeError
from operations.smoke.phase import Phase, SmokeRun
from warehouse.load import load


def _run(run: SmokeRun) -> str:
    # The environment allows generated data, so the loader does not ask.
    counts = load(run.aws.name, None, Console(quiet=True), confirm=lambda _question: False)
    if empty := [table for table, rows in counts.items() if rows == 0]:
        raise SmokeError(f"no rows were loaded into {', '.join(empty)}")
    tables = ", ".join(f"{table} {rows:,}" for table, rows in counts.items())
    return f"{sum(counts.values()):,} rows: {tables}"


PHASE = Phase("load", _run)
