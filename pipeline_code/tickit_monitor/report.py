"""Says what the check has found: as metrics, on which alarms act, and as a report for people."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3

from pipeline_code.runtime.container import Container
from pipeline_code.runtime.drift import distances

DRIFT = "baseline_drift_check"


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
    put_metrics(report, client=boto3.client("cloudwatch", region_name=container.region))


def drift_report(
    violations: list[Mapping[str, str]], distance_by_column: Mapping[str, float]
) -> dict[str, Any]:
    """The document drift.json.

    A column has drifted when its distribution is too far from the baseline's, and is broken when
    its values are no longer what they were: of another type, absent, unknown, or gone as a whole.
    """
    drifted = {each["feature_name"] for each in violations if _is_drift(each)}
    broken = {each["feature_name"] for each in violations if not _is_drift(each)}
    return {
        "drifted_columns": sorted(drifted),
        "broken_columns": sorted(broken),
        "largest_distance": max(distance_by_column.values(), default=0.0),
        "distances": dict(distance_by_column),
        "violations": violations,
    }


def put_metrics(report: Mapping[str, Any], *, client: Any) -> None:
    """Put DriftedColumns, BrokenColumns and LargestDistance, as the environment names them."""
    figures = {
        "DriftedColumns": (len(report["drifted_columns"]), "Count"),
        "BrokenColumns": (len(report["broken_columns"]), "Count"),
        "LargestDistance": (report["largest_distance"], "None"),
    }
    dimensions = [{"Name": "Pipeline", "Value": os.environ["PIPELINE"]}]
    client.put_metric_data(
        Namespace=os.environ["METRIC_NAMESPACE"],
        MetricData=[
            {"MetricName": name, "Dimensions": dimensions, "Value": float(value), "Unit": unit}
            for name, (value, unit) in figures.items()
        ],
    )


def _is_drift(violation: Mapping[str, str]) -> bool:
    return violation["constraint_check_type"] == DRIFT


def _read(path: Path, *, absent: Any = None) -> Any:
    """A report of the analyzer; `absent` stands for one that it writes only if it has to."""
    if absent is not None and not path.is_file():
        return absent
    return json.loads(path.read_text(encoding="utf-8"))
