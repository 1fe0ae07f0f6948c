"""Command: python -m benchmarks. Times the laptop run and prints seconds and ratios."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.by_hand import run_by_hand
from benchmarks.endpoint import NAME as ENDPOINT
from benchmarks.endpoint import deploy_endpoint, in_process, latest_model, report, under_load
from benchmarks.laptop import Laptop, Stopwatch, run_python

EMPTY_APP = "import aws_cdk; aws_cdk.App(outdir={outdir!r}).synth()"
RUNS = 3


def main() -> None:
    """Synthesise, deploy, load, run; the same scripts by hand; then the model under load."""
    console = Console(highlight=False)
    watch = Stopwatch()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        _synthesise(watch, folder)
        laptop = Laptop(folder / "state")
        with watch.timing("up"):
            endpoint = laptop.json("up")["endpoint"]
        try:
            _commands(watch, laptop)
            console.print(_seconds(watch))
            console.print(_ratios(watch))
            for run in range(RUNS):
                summary = laptop.json("start", "tickit")
                by_hand = run_by_hand(endpoint, summary, folder / f"by-hand-{run}")
                console.print(_steps(summary, by_hand))
            _serve(console, endpoint, folder / "model")
        finally:
            laptop.run("down")


def _serve(console: Console, endpoint_url: str, folder: Path) -> None:
    deploy_endpoint(endpoint_url, latest_model(endpoint_url, "tickit", folder))
    alone = in_process(folder)
    report(console, under_load(endpoint_url, ENDPOINT), alone)


def _synthesise(watch: Stopwatch, folder: Path) -> None:
    run_python("app.py")  # whatever was stale is compiled now
    with watch.timing("synth"):
        run_python("app.py")
    with watch.timing("synth of an empty app"):
        run_python("-c", EMPTY_APP.format(outdir=str(folder / "empty")))


def _commands(watch: Stopwatch, laptop: Laptop) -> None:
    with watch.timing("deploy"):
        laptop.run("deploy", "local")
    with watch.timing("deploy again"):
        laptop.run("deploy", "local")
    with watch.timing("load"):
        laptop.run("load")
    with watch.timing("tick"):
        laptop.run("tick", "tickit")


def _seconds(watch: Stopwatch) -> Table:
    table = Table("what", title="Seconds")
    table.add_column("seconds", justify="right")
    for name, seconds in watch.seconds.items():
        table.add_row(name, f"{seconds:.1f}")
    return table


def _ratios(watch: Stopwatch) -> str:
    synth, empty = watch.seconds["synth"], watch.seconds["synth of an empty app"]
    return f"synth: {synth - empty:.1f} s more than an empty app, {synth / empty:.1f} times as long"


def _steps(summary: dict[str, Any], by_hand: dict[str, float]) -> Table:
    """One run of the pipeline beside its scripts run one after another."""
    seconds = {step["name"].lower(): step["seconds"] for step in summary["steps"]}
    whole, scripts = summary["seconds"], sum(by_hand.values())
    table = Table("step", title="One run", caption=f"pipeline / scripts: {whole / scripts:.2f}")
    for column in ("in the pipeline", "by hand"):
        table.add_column(column, justify="right")
    for name, took in seconds.items():
        hand = by_hand.get(name)
        table.add_row(name, f"{took:.1f}", "" if hand is None else f"{hand:.1f}")
    table.add_row("all", f"{whole:.1f}", f"{scripts:.1f}", style="bold")
    return table


if __name__ == "__main__":
    main()
