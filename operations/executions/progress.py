"""Waits for an execution: shows live progress, then a summary."""

from __future__ import annotations

import time
from dataclasses import asdict

from rich.console import Console
from rich.live import Live

from execution_reader.execution import RUNNING
from operations.environment_clients import EnvironmentClients
from operations.executions.report import attempts_of, print_report, progress
from operations.executions.summary import Summary, summarise
from operations.output import show

_POLL_SECONDS = 0.4


def wait(aws: EnvironmentClients, execution_arn: str, *, json: bool) -> int:
    """Show an execution until it ends; return 0 if it succeeded and 1 otherwise.

    With `json` only the final summary is printed, as one JSON document.
    """
    if json:
        summary = _wait_silently(aws, execution_arn)
        print_json(summary)
    else:
        console = Console(highlight=False)
        live = _wait_live if console.is_terminal else _wait_with_lines
        summary = live(aws, execution_arn, console)
        print_report(summary, console)
    return 0 if summary.status == "Succeeded" else 1


def print_json(summary: Summary) -> None:
    """Print a summary as one JSON document, with times in ISO 8601."""
    show(asdict(summary), text="", as_json=True)


def _wait_silently(aws: EnvironmentClients, execution_arn: str) -> Summary:
    client = aws.clients("sagemaker")
    described: dict[str, str] = {"PipelineExecutionStatus": "Executing"}
    while described["PipelineExecutionStatus"] in RUNNING:
        time.sleep(_POLL_SECONDS)
        described = client.describe_pipeline_execution(PipelineExecutionArn=execution_arn)
    return summarise(aws, execution_arn)


def _wait_live(aws: EnvironmentClients, execution_arn: str, console: Console) -> Summary:
    with Live(console=console, transient=True, refresh_per_second=8) as live:
        while (summary := summarise(aws, execution_arn)).status in RUNNING:
            live.update(progress(summary))
            time.sleep(_POLL_SECONDS)
    return summary


def _wait_with_lines(aws: EnvironmentClients, execution_arn: str, console: Console) -> Summary:
    """Print one line for each change of a step's status and each attempt, for logs and pipes."""
    seen: dict[str, tuple[str, str]] = {}
    while True:
        summary = summarise(aws, execution_arn)
        for step in summary.steps:
            state = (step.status, attempts_of(step))
            if seen.get(step.name) != state:
                seen[step.name] = state
                seconds = f"{step.seconds:.1f} s" if step.seconds is not None else ""
                line = "  ".join(filter(None, [step.status, seconds, attempts_of(step)]))
                console.print(f"{summary.seconds:6.1f} s  {step.name:<20} {line}")
        if summary.status not in RUNNING:
            return summary
        time.sleep(_POLL_SECONDS)
