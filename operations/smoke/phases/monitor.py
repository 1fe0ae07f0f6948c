"""Compares the inputs of the model with its training data, and reads the alarms of the result."""

from __future__ import annotations

from collections import Counter

from operations.smoke.executions import execute
from operations.smoke.phase import MONITOR, Phase, SmokeRun


def _run(run: SmokeRun) -> str:
    execution = execute(run, MONITOR)
    execution.require("Report", because_of="LatestModel")
    rows = execution.report(run, "Collect", "collection", "collection.json")["rows"]
    metrics = execution.report(run, "Report", "report", "drift.json")["drift_metrics"]
    values = ", ".join(
        f"{name} {metrics[name]['value']:.4g}" for name in ("drifted_columns", "broken_columns")
    )
    alarms = run.aws.list_all(
        "cloudwatch", "describe_alarms", "MetricAlarms", AlarmNamePrefix=run.name_of(MONITOR)
    )
    states = Counter(each["StateValue"] for each in alarms)
    shown = ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
    return f"Succeeded: {rows} rows, {values}; alarms: {shown}"


PHASE = Phase("monitor", _run)
