"""The report on a check, and the metrics that alarms monitor."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from pipeline_code.tickit_monitor.report import drift_report

DRIFT = {"constraint_check_type": "baseline_drift_check", "description": "far"}
TYPE = {"constraint_check_type": "data_type_check", "description": "text"}
MISSING = {"constraint_check_type": "missing_column_check", "description": "missing"}


def numbers(name, values):
    sketch = {"parameters": {"c": 0.64, "k": 2048.0}, "data": [values]}
    return {"name": name, "numerical_statistics": {"distribution": {"kll": {"sketch": sketch}}}}


def statistics(values):
    return {"features": [numbers("events", values)]}


def report(monitor, violations, *, current):
    job = monitor.job("report", METRIC_NAMESPACE="Redline", PIPELINE="redline-test-tickit")
    checked = {"statistics": current, "constraints": {}}
    if violations is not None:
        checked["constraint_violations"] = {"violations": violations}
    for name, document in checked.items():
        (job.input("check") / f"{name}.json").write_text(json.dumps(document))
    baseline = json.dumps(statistics([float(n) for n in range(100)]))
    (job.input("baseline") / "statistics.json").write_text(baseline)
    (code,) = job.run()
    return job, code


def metric(monitor, name):
    now = datetime.now(UTC)
    found = monitor.cloudwatch.get_metric_statistics(
        Namespace="Redline",
        MetricName=name,
        Dimensions=[{"Name": "Pipeline", "Value": "redline-test-tickit"}],
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(hours=1),
        Period=3600,
        Statistics=["Maximum", "SampleCount"],
    )["Datapoints"]
    return [(each["Maximum"], each["SampleCount"]) for each in found]


def test_drifted_and_broken_columns_are_counted_apart():
    violations = [
        {"feature_name": "events", **DRIFT},
        {"feature_name": "events", **TYPE},
        {"feature_name": "venueid", **TYPE},
        {"feature_name": "holiday", **MISSING},
    ]
    found = drift_report(violations, {"events": 0.4, "venueid": 0.0})
    assert found["drifted_columns"] == ["events"]
    assert found["broken_columns"] == ["events", "holiday", "venueid"]
    metrics = found["drift_metrics"]
    assert metrics["drifted_columns"] == {"value": 1}
    assert metrics["broken_columns"] == {"value": 3}
    assert metrics["largest_distance"] == {"value": 0.4}
    assert metrics["distance"] == {"events": {"value": 0.4}, "venueid": {"value": 0.0}}


def test_the_metrics_are_put_once_a_run(monitor):
    shifted = statistics([float(n) for n in range(1000, 1100)])
    job, code = report(monitor, [{"feature_name": "events", **DRIFT}], current=shifted)
    assert code == 0, job.output
    assert metric(monitor, "DriftedColumns") == [(1.0, 1.0)]
    assert metric(monitor, "BrokenColumns") == [(0.0, 1.0)]
    ((distance, _),) = metric(monitor, "LargestDistance")
    # All values of one set are below those of the other: 1 - 1.8 * the root of 200 / 10,000.
    assert distance == pytest.approx(1 - 1.8 * 0.02**0.5)
    (path,) = job.parts("report")
    assert json.loads(path.read_text())["drifted_columns"] == ["events"]


def test_no_file_of_violations_means_none(monitor):
    same = statistics([float(n) for n in range(100)])
    _, code = report(monitor, None, current=same)
    assert code == 0
    assert metric(monitor, "DriftedColumns") == [(0.0, 1.0)]
    assert metric(monitor, "LargestDistance") == [(0.0, 1.0)]
