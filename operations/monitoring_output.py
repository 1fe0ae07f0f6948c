"""Shows what the runs of a monitoring pipeline measured, and the alarms of the pipeline."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console

from operations.alarm_states import alarm_states
from operations.environment_clients import EnvironmentClients
from operations.output import show, utc


def show_runs(
    aws: EnvironmentClients,
    pipeline: str,
    runs: Sequence[Any],
    print_runs: Callable[[Console], None],
    *,
    as_json: bool,
    **lists: Sequence[Any],
) -> None:
    """Show the runs with `print_runs`, then the alarms; or all as JSON, with further `lists`.

    The elements of the runs and of the lists are dataclasses.
    """
    alarms = alarm_states(aws, f"{pipeline}-")
    if as_json:
        given = {"runs": runs, **lists, "alarms": alarms}
        document = {name: [asdict(each) for each in found] for name, found in given.items()}
        show({"pipeline": pipeline, **document}, text="", as_json=True)
        return
    if not runs:
        show(None, text=f"{aws.short(pipeline)} has not run yet.", as_json=False)
        return
    console = Console(highlight=False, soft_wrap=True)
    print_runs(console)
    console.print()
    for alarm in alarms:
        console.print(f"{alarm.name}: {alarm.state} since {utc(alarm.since)}", markup=False)
