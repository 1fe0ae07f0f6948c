"""The report on a check, and the metrics that alarms monitor."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from pipeline_code.runtime.drift_measures import Comparison
from pipeline_code.runtime.monitoring.report_drift import drift_report

DRIFT = {"constraint_check_type": "baseline_drift_check", "description": "far"}
TYPE = {"constraint_check_type": "data_type_check", "description": "text"}
VARIABLES = {
    "METRIC_NAMESPACE": "Redline",
    "PIPELINE": "redline-test-tickit",
    "MAX_UNSEEN_SHARE": "0.01",
    "MAX_CHANGED_SHARE": "0.04",
    "FALSE_ALARM_RATE": "0.01",
}
COLLECTION = {"rows": 100, "rows_outside_training": 3}
MISSING = {"constraint_check_type": "missing_column_check", "description": "missing"}


def numbers(name, values):
    sketch = {"parameters": {"c": 0.64, "k": 2048.0}, "data": [values]}
    shown = {"kll": {"sketch": sketch}}
    figures = {"min": min(values), "max": max(values), "distribution": shown}
    return {"name": name, "numerical_statistics": figures}


def statistics(values):
    return {"features": [numbers("events", values)]}


def report(monitor, violations, *, current, **variables):
    job = monitor.job("report_drift", **VARIABLES | variables)
    checked = {"statistics": current, "constraints": {}}
    if violations is not None:
        checked["constraint_violations"] = {"violations": violations}
    for name, document in checked.items():
        (job.input("check") / f"{name}.json").write_text(json.dumps(document))
    baseline = json.dumps(statistics([float(n) for n in range(100)]))
    (job.input("baseline") / "statistics.json").write_text(baseline)
    (job.input("collection") / "collection.json").write_text(json.dumps(COLLECTION))
    (code,) = job.run()
    return job, code


def metric(monitor, name, **more):
    now = datetime.now(UTC)
    found = monitor.cloudwatch.get_metric_statistics(
        Namespace="Redline",
        MetricName=name,
        Dimensions=[
            {"Name": key, "Value": value}
            for key, value in {"Pipeline": "redline-test-tickit", **more}.items()
        ],
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
    found = drift_report(
        violations, {"events": 0.4, "venueid": 0.0}, Comparison({}, {}, []), COLLECTION
    )
    assert found["drifted_columns"] == ["events"]
    assert found["broken_columns"] == ["events", "holiday", "venueid"]
    metrics = found["drift_metrics"]
    assert metrics["drifted_columns"] == {"value": 1}
    assert metrics["broken_columns"] == {"value": 3}
    assert metrics["largest_distance"] == {"value": 0.4}
    assert metrics["outside_training_share"] == {"value": 0.03}
    assert (found["rows"], found["rows_outside_training"]) == (100, 3)
    assert metrics["distance"] == {"events": {"value": 0.4}, "venueid": {"value": 0.0}}


def test_the_metrics_are_put_once_a_run(monitor):
    shifted = statistics([float(n) for n in range(1000, 1100)])
    job, code = report(monitor, [{"feature_name": "events", **DRIFT}], current=shifted)
    assert code == 0, job.output
    assert metric(monitor, "DriftedColumns") == [(1.0, 1.0)]
    assert metric(monitor, "BrokenColumns") == [(0.0, 1.0)]
    assert metric(monitor, "OutsideTrainingShare") == [(0.03, 1.0)]
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


def test_a_finding_names_measure_column_value_and_limit_and_is_a_drift(monitor):
    # The baseline has 0 to 99; a tenth of the rows is below, another one above.
    current = statistics([*map(float, range(100))] * 8 + [-1000.0] * 100 + [1000.0] * 100)
    job, code = report(monitor, None, current=current)
    assert code == 0, job.output
    (path,) = job.parts("report")
    written = json.loads(path.read_text())
    assert written["drifted_columns"] == ["events"]
    (finding,) = written["findings"]
    assert finding == {
        "column": "events",
        "measure": "unseen_share",
        "value": pytest.approx(0.2),
        "limit": 0.01,
        "where": "outside 0 to 99",
    }
    assert "events: unseen_share 0.2 > 0.01 (outside 0 to 99)" in job.output["algo-1"]
    assert metric(monitor, "DriftedColumns") == [(1.0, 1.0)]
    ((share, _),) = metric(monitor, "LargestUnseenShare")
    assert metric(monitor, "UnseenShare", Column="events") == [(share, 1.0)]
    assert share == pytest.approx(0.2)
    assert metric(monitor, "ChangedShare", Column="events") == []


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        ("MAX_UNSEEN_SHARE", "5", "MaxUnseenShare is '5': allowed is a number from 0 to 1"),
        ("MAX_CHANGED_SHARE", "much", "MaxChangedShare is 'much'"),
        ("FALSE_ALARM_RATE", "0", "FalseAlarmRate is '0': allowed is a number above 0"),
    ],
)
def test_an_invalid_limit_is_rejected(monitor, variable, value, expected):
    same = statistics([float(n) for n in range(100)])
    job, code = report(monitor, None, current=same, **{variable: value})
    assert code != 0
    assert expected in job.output["algo-1"]
