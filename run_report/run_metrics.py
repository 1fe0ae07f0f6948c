"""The metrics of a run, as log events in CloudWatch's embedded metric format.

The function that writes the report prints them, so it needs no permission to put metrics.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from run_report.facts import Facts
from run_report.named_values import named_values
from run_report.row_counts import row_counts

NAMESPACE = "Redline"
_SECONDS_PER_MINUTE = 60
# The metric of evaluations that compares the model with a simple baseline.
_RATIO = "_ratio"


def run_metrics(facts: Facts) -> Iterator[dict[str, Any]]:
    """Yield a log event for the run, and one for each gate with the margin that it had."""
    yield _event(facts, {"Pipeline": facts.pipeline}, dict(_of_run(facts)))
    for gate in facts.gates:
        margins = [each.margin for each in gate.comparisons if each.margin is not None]
        if margins and math.isfinite(min(margins)):
            dimensions = {"Pipeline": facts.pipeline, "Gate": gate.step}
            yield _event(facts, dimensions, {"GateMargin": (min(margins), "None")})


def _of_run(facts: Facts) -> Iterator[tuple[str, tuple[float, str]]]:
    is_rejected = facts.status == "Failed" and any(not gate.outcome for gate in facts.gates)
    yield "RunsSucceeded", (float(facts.status == "Succeeded"), "Count")
    yield "RunsRejected", (float(is_rejected), "Count")
    yield "RunsFailed", (float(facts.status != "Succeeded" and not is_rejected), "Count")
    yield "RunMinutes", (facts.seconds / _SECONDS_PER_MINUTE, "None")
    if facts.usd is not None:
        yield "RunCost", (facts.usd, "None")
    rows = row_counts(facts).get("read")
    if rows is not None:
        yield "RowsRead", (float(rows), "Count")
    for document in facts.all_documents("evaluation", "evaluation."):
        for name, value in named_values(document):
            # A name with a point is of one target or class.
            if name.endswith(_RATIO) and "." not in name and math.isfinite(value):
                yield "ErrorRatio", (float(value), "None")


def _event(
    facts: Facts, dimensions: Mapping[str, str], values: Mapping[str, tuple[float, str]]
) -> dict[str, Any]:
    definition = {
        "Namespace": NAMESPACE,
        "Dimensions": [list(dimensions)],
        "Metrics": [{"Name": name, "Unit": unit} for name, (_, unit) in values.items()],
    }
    ended = facts.ended or facts.read_at
    return {
        "_aws": {"Timestamp": int(ended.timestamp() * 1000), "CloudWatchMetrics": [definition]},
        "Execution": facts.execution_id,
        **dimensions,
        **{name: value for name, (value, _) in values.items()},
    }
