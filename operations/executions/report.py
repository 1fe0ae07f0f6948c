"""Renders the progress and the report of an execution for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from execution_reader.execution import RUNNING
from execution_reader.gates import Comparison, Gate
from execution_reader.step_kinds import log_source
from operations.executions.summary import StepSummary, Summary
from operations.output import print_table, visible

_COLOURS = {
    "Succeeded": "green",
    "Failed": "red",
    "Stopped": "yellow",
    "Stopping": "yellow",
    "Executing": "cyan",
    "Starting": "cyan",
    "waiting": "bright_black",
    "not reached": "bright_black",
}


def progress(summary: Summary) -> RenderableType:
    """Return a table of the steps and their current status."""
    table = _table()
    for step in summary.steps:
        table.add_row(_symbol(step), *_cells(step))
    for name in summary.waiting_steps:
        table.add_row("", name, _status("waiting"), "", "")
    return Group(_title(summary), table)


def print_report(summary: Summary, console: Console) -> None:
    """Print the steps, the metrics, the result of the gate and the registered package."""
    table = _table()
    for step in summary.steps:
        table.add_row(_symbol(step), *_cells(step))
    waiting = "waiting" if summary.status in RUNNING else "not reached"
    for name in summary.waiting_steps:
        table.add_row("", name, _status(waiting), "", "")
    for part in (_title(summary), table, *_metrics(summary), *_lines(summary)):
        if isinstance(part, Table):
            print_table(part, console)
        else:
            # Long lines are not wrapped, so that they can be searched and copied.
            console.print(part, soft_wrap=True)


def _title(summary: Summary) -> Text:
    title = f"{summary.pipeline} · {summary.execution_id} · {summary.seconds:.1f} s"
    return Text(title, style="bold").append("\n".join(["", *_causes(summary)]), "default")


def _causes(summary: Summary) -> Iterator[str]:
    """Yield who started the execution, and the parameters that differ from the defaults."""
    name = f" as {summary.display_name!r}" if summary.display_name else ""
    by = f" by {summary.started_by}" if summary.started_by else ""
    yield f"started {summary.started.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC{by}{name}"
    for each in summary.changed_parameters:
        yield f"{each.name} = {each.value} (default {each.default})"


def _table() -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("", width=1)
    table.add_column("step", min_width=16, overflow="fold")
    table.add_column("status", min_width=10, overflow="fold")
    table.add_column("seconds", justify="right", overflow="fold")
    table.add_column("", overflow="fold")
    return table


def _cells(step: StepSummary) -> Iterator[RenderableType]:
    yield step.name
    yield _status(step.status)
    yield "" if step.seconds is None else f"{step.seconds:.1f}"
    yield f"reused from {step.reused_from}" if step.reused_from else attempts_of(step)


def attempts_of(step: StepSummary) -> str:
    """Return the number of attempts as text; empty for one attempt."""
    if step.attempts < 2:
        return ""
    return f"attempt {step.attempts}" if step.status in RUNNING else f"{step.attempts} attempts"


def _symbol(step: StepSummary) -> RenderableType:
    if step.status in RUNNING:
        return Spinner("dots", style="cyan")
    signs = {"Succeeded": "✓", "Failed": "✗", "Stopped": "■"}
    return Text(signs[step.status], style=_COLOURS[step.status])


def _status(name: str) -> Text:
    return Text(name, style=_COLOURS[name])


def _metrics(summary: Summary) -> Iterator[Table]:
    rows = [row for document in summary.metrics.values() for row in _rows(document, ())]
    if not rows:
        return
    table = Table(box=None, pad_edge=False)
    table.add_column("\nmetrics", min_width=16, overflow="fold")
    table.add_column("value", justify="right", overflow="fold")
    table.add_column("± standard deviation", justify="right", overflow="fold")
    for name, value, deviation in rows:
        table.add_row(name, _number(value), _number(deviation))
    yield table


def _rows(document: Any, path: tuple[str, ...]) -> Iterator[tuple[str, Any, Any]]:
    """Yield the entries {"value": …, "standard_deviation": …} of a model-quality document."""
    if not isinstance(document, Mapping):
        return
    if "value" in document:
        yield ".".join(path[1:] or path), document["value"], document.get("standard_deviation", "")
        return
    for name, entry in document.items():
        yield from _rows(entry, (*path, name))


def _lines(summary: Summary) -> Iterator[Text]:
    for gate in summary.gates:
        yield _gate(gate)
    for package in summary.packages:
        text = f"\n{package.group} version {package.version} is registered: "
        yield Text(text).append(package.approval_status, style="bold yellow")
    colour = _COLOURS[summary.status]
    yield Text("\n").append(summary.status, style=f"bold {colour}").append(_why(summary))
    for step in summary.steps:
        if step.reason:
            yield Text(f"  {step.name}: {visible(step.reason)}", style="red")
            if log_source(step.metadata) is not None:
                command = f"redline logs {summary.execution_id} {step.name}"
                yield Text(f"  show the logs: {command}")


def _gate(gate: Gate) -> Text:
    result = ("holds", "green") if gate.outcome else ("does not hold", "red")
    text = Text(f"\n{gate.step}: ").append("; ".join(map(_comparison, gate.comparisons)))
    text.append(" ").append(result[0], style=f"bold {result[1]}")
    for message in (each.message for each in gate.comparisons if each.message):
        text.append(f"\n  {visible(message)}")
    return text


def _comparison(comparison: Comparison) -> str:
    left = _side(comparison.left, comparison.left_value)
    right = _side(comparison.right, comparison.right_value)
    return f"{left} {comparison.sign} {right}"


def _side(label: str, value: Any) -> str:
    return label if label == str(value) else f"{label} ({_number(value)})"


def _number(value: Any) -> str:
    return f"{value:,.4g}" if isinstance(value, float) else str(value)


def _why(summary: Summary) -> str:
    return f": {visible(summary.failure_reason)}" if summary.failure_reason else ""
