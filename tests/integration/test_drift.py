"""Drifted inputs trigger an alarm, and the alarm starts a training; other inputs do not."""

from __future__ import annotations

import csv
import io
import json
import time

import pytest

from tests.faults.watching import alerts, ended, eventually, executions

pytestmark = pytest.mark.laptop

TRAINING = "redline-local-tickit"
ALARM = "redline-local-tickit-monitor-drifted"
# Two windows in the past, in which this cloud has no other data.
SAME, SHIFTED = "2020-01-01T12:00:00Z", "2020-01-02T12:00:00Z"


@pytest.fixture(scope="module")
def approved(laptop):
    """The run of a version that is approved during these tests, and rejected at the end."""
    run = laptop.json("start", "tickit")
    assert run["status"] == "Succeeded"
    arn = run["packages"][0]["arn"]
    client = laptop.client("sagemaker")
    client.update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Approved")
    yield run
    client.update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Rejected")


@pytest.fixture(scope="module")
def learned(laptop, approved):
    """The inputs of the training rows, without their day."""
    lake = laptop.output("redline-local-data", "LakeBucketName")
    prefix = f"s3://{lake}/runs/tickit/{approved['execution_id']}/Preprocess/baseline/"
    text = "".join(laptop.read(uri).decode() for uri in laptop.uris(prefix))
    return list(csv.DictReader(io.StringIO(text)))


def test_the_package_carries_what_its_inputs_are_compared_with(laptop, approved, learned):
    described = laptop.client("sagemaker").describe_model_package(
        ModelPackageName=approved["packages"][0]["arn"]
    )
    carried = described["DriftCheckBaselines"]["ModelDataQuality"]
    assert described["ModelMetrics"]["ModelDataQuality"] == carried
    for source in carried.values():
        assert f"/kept/tickit/{approved['execution_id']}/Baseline/" in source["S3Uri"]
    statistics = json.loads(laptop.read(carried["Statistics"]["S3Uri"]))
    assert statistics["dataset"]["item_count"] == len(learned)
    assert {feature["name"] for feature in statistics["features"]} == set(learned[0])


def test_inputs_as_they_were_learned_raise_no_alarm(laptop, learned):
    before = executions(laptop, "tickit")
    _capture(laptop, learned[::20], end=SAME)
    run = _check(laptop, SAME)
    assert run["metrics"]["DriftReport"]["drifted_columns"] == []
    assert _becomes(laptop, "OK")["StateReason"].startswith("Threshold Crossed: 1 out of")
    assert executions(laptop, "tickit") == before


def test_shifted_inputs_raise_the_alarm_and_it_starts_a_training(laptop, learned):
    before = executions(laptop, "tickit")
    shifted = [{**row, "events": str(int(row["events"]) + 5)} for row in learned[::20]]
    _capture(laptop, shifted, end=SHIFTED)
    run = _check(laptop, SHIFTED)
    assert run["metrics"]["DriftReport"]["drifted_columns"] == ["events"]
    assert run["metrics"]["DriftReport"]["drift_metrics"]["largest_distance"]["value"] > 0.1
    _becomes(laptop, "ALARM")
    (started,) = eventually(lambda: executions(laptop, "tickit") - before)
    assert ended(laptop, started)["PipelineExecutionStatus"] == "Succeeded"
    eventually(lambda: alerts(laptop, ALARM))


def test_a_drift_that_lasts_starts_no_second_training(laptop, learned):
    before = executions(laptop, "tickit")
    assert _check(laptop, SHIFTED)["metrics"]["DriftReport"]["drifted_columns"] == ["events"]
    time.sleep(2)  # alarms are evaluated each second
    assert _alarm(laptop)["StateValue"] == "ALARM"
    assert executions(laptop, "tickit") == before


def test_a_window_without_inputs_ends_well_and_says_so(laptop, approved):
    run = _check(laptop, "2019-01-01T12:00:00Z")
    assert {gate["step"]: gate["outcome"] for gate in run["gates"]} == {
        "HasModel": True,
        "HasRows": False,
    }
    assert run["metrics"]["Collection"]["rows"] == 0
    assert "DriftReport" not in run["metrics"]


def _check(laptop, end):
    run = laptop.json("start", "tickit-monitor", "-p", f"WindowEnd={end}", "-p", "WindowHours=1")
    assert run["status"] == "Succeeded"
    return run


def _capture(laptop, rows, *, end):
    """Write rows as captured requests of tickit's endpoint, a minute before the end."""
    lake = laptop.output("redline-local-data", "LakeBucketName")
    day, hour = end[:10], int(end[11:13]) - 1
    asked = [
        f"{row['venueid']},{row['catid']},2008-06-15,{row['holiday']},{row['events']}\n"
        for row in rows
    ]
    records = [
        {
            "captureData": {
                "endpointInput": {
                    "observedContentType": "text/csv",
                    "mode": "INPUT",
                    "data": body,
                    "encoding": "CSV",
                }
            },
            "eventMetadata": {"eventId": str(n), "inferenceTime": f"{day}T{hour:02}:59:00Z"},
            "eventVersion": "0",
        }
        for n, body in enumerate(asked)
    ]
    place = f"{TRAINING}/AllTraffic/{day.replace('-', '/')}/{hour:02}/59-00-000.jsonl"
    laptop.client("s3").put_object(
        Bucket=lake,
        Key=f"captured/tickit/{place}",
        Body="".join(json.dumps(record) + "\n" for record in records).encode(),
    )


def _alarm(laptop):
    found = laptop.client("cloudwatch").describe_alarms(AlarmNames=[ALARM])
    return found["MetricAlarms"][0]


def _becomes(laptop, state):
    return eventually(lambda: (alarm := _alarm(laptop))["StateValue"] == state and alarm)
