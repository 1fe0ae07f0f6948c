"""Command: python -m benchmarks [drift|preparation|training|batch|scale].

Measures the laptop run and prints seconds and ratios. With `drift` it measures drift detection,
with `preparation`, `training` and `batch` the preparation, training and prediction of many rows,
and with `scale` all three for docs/scale.md.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import batch, drift, preparation, scale, training
from benchmarks.endpoint_load import NAME as ENDPOINT
from benchmarks.endpoint_load import (
    deploy_endpoint,
    latest_model,
    measure_in_process,
    print_report,
    send_load,
)
from benchmarks.laptop import Laptop, Stopwatch, run_python
from benchmarks.standalone_scripts import run_scripts

EMPTY_APP = "import aws_cdk; aws_cdk.App(outdir={outdir!r}).synth()"
RUNS = 3
OF_ROWS = {
    "preparation": preparation.main,
    "training": training.main,
    "batch": batch.main,
    "scale": scale.main,
}
ROWS = 10_000_000


def main() -> int:
    """Run the measurement that the command line names; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    choices = ["laptop", "drift", *OF_ROWS]
    parser.add_argument("what", nargs="?", choices=choices, default="laptop")
    text = f"the number of rows of {', '.join(OF_ROWS)}"
    parser.add_argument("--rows", type=int, default=ROWS, help=text)
    parsed = parser.parse_args()
    if parsed.what == "drift":
        return drift.main()
    if parsed.what in OF_ROWS:
        return OF_ROWS[parsed.what](parsed.rows)
    measure_laptop()
    return 0


def measure_laptop() -> None:
    """Measure synthesis, deployment, loading, executions, their scripts alone, and an endpoint."""
    console = Console(highlight=False)
    watch = Stopwatch()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        _synthesise(watch, folder)
        laptop = Laptop(folder / "state")
        with watch.timing("up"):
            laptop.run("up")
        variables = laptop.json("env")
        try:
            _run_commands(watch, laptop)
            console.print(_seconds(watch))
            console.print(_ratios(watch))
            for run in range(RUNS):
                summary = laptop.json("start", "tickit")
                scripts = run_scripts(variables, summary, folder / f"scripts-{run}")
                console.print(_steps(summary, scripts))
            _measure_endpoint(console, variables, folder / "model")
        finally:
            laptop.run("down")


def _measure_endpoint(console: Console, variables: Mapping[str, str], folder: Path) -> None:
    deploy_endpoint(variables, latest_model(variables, "tickit", folder))
    in_process = measure_in_process(folder)
    print_report(console, send_load(variables, ENDPOINT), in_process)


def _synthesise(watch: Stopwatch, folder: Path) -> None:
    run_python("app.py")  # compile the definitions first, so that this time is not measured
    with watch.timing("synth"):
        run_python("app.py")
    with watch.timing("synth of an empty app"):
        run_python("-c", EMPTY_APP.format(outdir=str(folder / "empty")))


def _run_commands(watch: Stopwatch, laptop: Laptop) -> None:
    with watch.timing("deploy"):
        laptop.run("deploy", "local")
    with watch.timing("deploy again"):
        laptop.run("deploy", "local")
    with watch.timing("load"):
        laptop.run("load")
    with watch.timing("tick"):
        laptop.run("tick", "tickit")


def _seconds(watch: Stopwatch) -> Table:
    table = Table("command", title="Seconds")
    table.add_column("seconds", justify="right")
    for name, seconds in watch.seconds.items():
        table.add_row(name, f"{seconds:.1f}")
    return table


def _ratios(watch: Stopwatch) -> str:
    synth, empty = watch.seconds["synth"], watch.seconds["synth of an empty app"]
    return (
        f"synth: {synth - empty:.1f} s longer than an empty app, {synth / empty:.1f} times as long"
    )


def _steps(summary: dict[str, Any], scripts: dict[str, float]) -> Table:
    """Return a table that compares the steps of an execution with their scripts run alone."""
    seconds = {step["name"].lower(): step["seconds"] for step in summary["steps"]}
    whole, total = summary["seconds"], sum(scripts.values())
    table = Table("step", title="One execution", caption=f"pipeline / scripts: {whole / total:.2f}")
    for column in ("in the pipeline", "script alone"):
        table.add_column(column, justify="right")
    for name, took in seconds.items():
        alone = scripts.get(name)
        table.add_row(name, f"{took:.1f}", "" if alone is None else f"{alone:.1f}")
    table.add_row("all", f"{whole:.1f}", f"{total:.1f}", style="bold")
    return table


if __name__ == "__main__":
    sys.exit(main())
