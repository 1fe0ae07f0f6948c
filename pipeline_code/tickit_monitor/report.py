"""Publishes the findings of the check: as metrics for alarms, and as a report for people."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeline_code.runtime.container import Container
from pipeline_code.runtime.drift import distances
from pipeline_code.runtime.job_clients import client

DRIFT = "baseline_drift_check"
# Metric -> the member of drift_metrics that is its value, and its unit.
METRICS = {
    "DriftedColumns": ("drifted_columns", "Count"),
    "BrokenColumns": ("broken_columns", "Count"),
    "LargestDistance": ("largest_distance", "None"),
}


def run(container: Container) -> None:
    """Put the metrics, and write drift.json to the output `report`."""
    checked = container.processing_input("check")
    violations = _read(checked / "constraint_violations.json", absent={"violations": []})
    baseline = _read(container.processing_input("baseline") / "statistics.json")
    current = _read(checked / "statistics.json")
    report = drift_report(violations["violations"], distances(baseline, current))
    text = json.dumps(report, indent=2, allow_nan=False) + "\n"
    (container.processing_output("report") / "drift.json").write_text(text, encoding="utf-8")
    print(text)
    put_metrics(report, client=client("cloudwatch", container.region))


def drift_report(
    violations: list[Mapping[str, str]], distance_by_column: Mapping[str, float]
) -> dict[str, Any]:
    """The document drift.json.

    A column has drifted when its distribution is too far from the baseline's. A column is broken
    when it is missing, or when its values have another type, are absent or are unknown. Metrics are
    {"value": …} under drift_metrics, as in the reports of a model's quality.
    """
    drifted = {each["feature_name"] for each in violations if _is_drift(each)}
    broken = {each["feature_name"] for each in violations if not _is_drift(each)}
    distances = {name: {"value": value} for name, value in distance_by_column.items()}
    return {
        "drift_metrics": {
            "drifted_columns": {"value": len(drifted)},
            "broken_columns": {"value": len(broken)},
            "largest_distance": {"value": max(distance_by_column.values(), default=0.0)},
            "distance": distances,
        },
        "drifted_columns": sorted(drifted),
        "broken_columns": sorted(broken),
        "violations": violations,
    }


def put_metrics(report: Mapping[str, Any], *, client: Any) -> None:
    """Put DriftedColumns, BrokenColumns and LargestDistance, as the environment names them."""
    dimensions = [{"Name": "Pipeline", "Value": os.environ["PIPELINE"]}]
    client.put_metric_data(
        Namespace=os.environ["METRIC_NAMESPACE"],
        MetricData=[
            {
                "MetricName": name,
                "Dimensions": dimensions,
                "Value": float(report["drift_metrics"][member]["value"]),
                "Unit": unit,
            }
            for name, (member, unit) in METRICS.items()
        ],
    )


def _is_drift(violation: Mapping[str, str]) -> bool:
    return violation["constraint_check_type"] == DRIFT


def _read(path: Path, *, absent: Any = None) -> Any:
    """A report of the analyzer, or `absent` for one that it writes only with findings."""
    if absent is not None and not path.is_file():
        return absent
    return json.loads(path.read_text(encoding="utf-8"))
