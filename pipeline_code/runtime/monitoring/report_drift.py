"""Publishes the findings of the check: as metrics for alarms, and as a report for people."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pipeline_code.runtime.container import Container
from pipeline_code.runtime.drift import distances
from pipeline_code.runtime.drift_measures import CHANGED, UNSEEN, Baseline, Comparison
from pipeline_code.runtime.job_clients import client
from pipeline_code.runtime.monitoring.limits import limits_from_environment
from pipeline_code.runtime.monitoring.metric_data import metric, put_metrics

DRIFT = "baseline_drift_check"
# Metric -> the member of drift_metrics that is its value, and its unit.
METRICS = {
    "DriftedColumns": ("drifted_columns", "Count"),
    "BrokenColumns": ("broken_columns", "Count"),
    "LargestDistance": ("largest_distance", "None"),
    "LargestUnseenShare": ("largest_unseen_share", "None"),
    "LargestChangedShare": ("largest_changed_share", "None"),
    "OutsideTrainingShare": ("outside_training_share", "None"),
}
# Measure -> the metric of a column with a finding.
COLUMN_METRICS = {UNSEEN: "UnseenShare", CHANGED: "ChangedShare"}


def run(container: Container) -> None:
    """Put the metrics, and write drift.json to the output `report`."""
    checked = container.processing_input("check")
    violations = _read(checked / "constraint_violations.json", absent={"violations": []})
    baseline = _read(container.processing_input("baseline") / "statistics.json")
    current = _read(checked / "statistics.json")
    comparison = Baseline(baseline).compare(current, limits_from_environment())
    collection = _read(container.processing_input("collection") / "collection.json")
    report = drift_report(
        violations["violations"], distances(baseline, current), comparison, collection
    )
    text = json.dumps(report, indent=2, allow_nan=False) + "\n"
    (container.processing_output("report") / "drift.json").write_text(text, encoding="utf-8")
    print(text, *comparison.findings, sep="\n")
    metrics = [*_metrics_of_run(report["drift_metrics"]), *_metrics_of_columns(report)]
    put_metrics(metrics, client=client("cloudwatch", container.region))


def drift_report(
    violations: list[Mapping[str, str]],
    distance_by_column: Mapping[str, float],
    comparison: Comparison,
    collection: Mapping[str, Any],
) -> dict[str, Any]:
    """The document drift.json.

    A column has drifted when its distribution is too far from the baseline's, or when the
    comparison has a finding, which names the measure, the value and its limit. A column is broken
    when it is missing, or when its values have another type, are absent or are unknown. Rows
    outside the training rows are those of collection.json; unlike the measures of columns, they
    consider dates. Metrics are {"value": …} under drift_metrics, as in the reports of a model's
    quality.
    """
    drifted = {each["feature_name"] for each in violations if _is_drift(each)}
    drifted |= {finding.column for finding in comparison.findings}
    broken = {each["feature_name"] for each in violations if not _is_drift(each)}
    measures = {
        "distance": distance_by_column,
        UNSEEN: comparison.unseen_share,
        CHANGED: comparison.changed_share,
    }
    return {
        "drift_metrics": {
            "drifted_columns": {"value": len(drifted)},
            "broken_columns": {"value": len(broken)},
            "outside_training_share": {
                "value": collection["rows_outside_training"] / collection["rows"]
            },
            **{f"largest_{name}": _largest(values) for name, values in measures.items()},
            **{name: _by_column(values) for name, values in measures.items()},
        },
        "rows": collection["rows"],
        "rows_outside_training": collection["rows_outside_training"],
        "drifted_columns": sorted(drifted),
        "broken_columns": sorted(broken),
        "findings": [asdict(finding) for finding in comparison.findings],
        "violations": violations,
    }


def _metrics_of_run(values: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for name, (member, unit) in METRICS.items():
        yield metric(name, values[member]["value"], unit)


def _metrics_of_columns(report: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for finding in report["findings"]:
        name = COLUMN_METRICS[finding["measure"]]
        yield metric(name, finding["value"], "None", Column=finding["column"])


def _largest(values: Mapping[str, float]) -> dict[str, float]:
    return {"value": max(values.values(), default=0.0)}


def _by_column(values: Mapping[str, float]) -> dict[str, dict[str, float]]:
    return {name: {"value": value} for name, value in values.items()}


def _is_drift(violation: Mapping[str, str]) -> bool:
    return violation["constraint_check_type"] == DRIFT


def _read(path: Path, *, absent: Any = None) -> Any:
    """A report of the analyzer, or `absent` for one that it writes only with findings."""
    if absent is not None and not path.is_file():
        return absent
    return json.loads(path.read_text(encoding="utf-8"))
