"""The main case: the deployed rule starts the deployed pipeline, which trains a model.

The pipeline is tickit, the demonstration of the project, which `make local` runs too. If you remove
tickit, delete this folder and tests/faults, or change them and `make local` to another pipeline.
"""

from __future__ import annotations

import io
import json
import re

import pyarrow.parquet as pq
import pytest

from tests.integration.inbox import subscribed
from tests.integration.laptop import statuses, step

STEPS = [
    "Preprocess", "CheckData", "HasValidData",
    "Train", "Baseline", "Evaluate", "CheckError", "CreateModel", "RegisterModel"
]  # fmt: skip
PUBLISHED_ROWS = {
    "users": 49_990,
    "venue": 202,
    "category": 11,
    "date": 365,
    "event": 8_798,
    "listing": 192_497,
    "sales": 172_456,
}

pytestmark = pytest.mark.laptop


def test_every_table_has_its_published_rows(laptop):
    counts = " UNION ALL ".join(
        f"SELECT '{table}' AS name, COUNT(*) AS total FROM {table}" for table in PUBLISHED_ROWS
    )
    rows = laptop.json("query", counts)
    assert {row["name"]: row["total"] for row in rows} == PUBLISHED_ROWS


def test_the_rule_starts_the_pipeline_and_every_step_succeeds(first_run):
    assert first_run["status"] == "Succeeded"
    assert statuses(first_run, STEPS) == dict.fromkeys(STEPS, "Succeeded")


def test_the_model_beats_guessing(first_run):
    metrics = first_run["metrics"]["EvaluationReport"]["regression_metrics"]
    assert metrics["r2"]["value"] >= 0.4
    assert first_run["gates"][0]["outcome"] is True


def test_the_package_waits_for_approval_and_knows_where_it_is_from(laptop, first_run):
    (package,) = first_run["packages"]
    described = laptop.client("sagemaker").describe_model_package(ModelPackageName=package["arn"])
    assert described["ModelApprovalStatus"] == "PendingManualApproval"
    properties = described["CustomerMetadataProperties"]
    assert properties["execution_id"] == first_run["execution_id"]
    assert len(properties["query_sha256"]) == 64
    evaluation = laptop.read(described["ModelMetrics"]["ModelQuality"]["Statistics"]["S3Uri"])
    assert json.loads(evaluation) == first_run["metrics"]["EvaluationReport"]


def test_the_report_of_a_run_is_where_the_package_says(laptop, first_run):
    arn = first_run["packages"][0]["arn"]
    package = laptop.client("sagemaker").describe_model_package(ModelPackageName=arn)
    bucket, _, key = package["CustomerMetadataProperties"]["run_report"][5:].partition("/")
    s3 = laptop.client("s3")
    s3.get_waiter("object_exists").wait(Bucket=bucket, Key=key, WaiterConfig={"Delay": 1})
    report = s3.get_object(Bucket=bucket, Key=key)
    assert report["ContentType"] == "text/html; charset=utf-8"
    page = report["Body"].read().decode()
    assert "Registered version 1 of redline-local-tickit." in page
    for title in (
        "Predicted against actual",
        "Permutation importance",
        "Columns of the 8,587 rows",
    ):
        assert title in page


def test_all_objects_of_a_run_are_under_its_execution_id(laptop, first_run):
    lake = laptop.output("redline-local-data", "LakeBucketName")
    written = [uri for uri in laptop.uris(f"s3://{lake}/") if "/tickit/" in uri]
    of_no_run = ("/incoming/", "/captured/")
    made = [uri for uri in written if not any(prefix in uri for prefix in of_no_run)]
    # s3://<lake>/<prefix>/tickit/<execution id>/…
    assert [uri for uri in made if not re.fullmatch("[a-z0-9]{12}", uri.split("/")[5])] == []
    of_this_run = {uri.split("/")[3] for uri in made if first_run["execution_id"] in uri}
    assert of_this_run == {"unload", "runs", "kept", "reports"}


def test_what_a_registered_model_refers_to_does_not_expire(laptop, first_run):
    client = laptop.client("sagemaker")
    package = client.describe_model_package(ModelPackageName=first_run["packages"][0]["arn"])
    (container,) = package["InferenceSpecification"]["Containers"]
    evaluation = package["ModelMetrics"]["ModelQuality"]["Statistics"]["S3Uri"]
    for uri in (container["ModelDataUrl"], evaluation):
        assert f"/kept/tickit/{first_run['execution_id']}/" in uri


def test_what_a_job_printed_is_in_cloudwatch_logs(laptop, first_run):
    printed = laptop.run("logs", first_run["execution_id"], "Train").stdout
    assert "train:rmse=" in printed


def test_a_failed_gate_has_both_numbers_and_sends_an_alert(laptop, first_run):
    inbox = subscribed(laptop, "alerts-inbox")
    before = laptop.packages()
    summary = laptop.json("start", "tickit", "-p", "MaxErrorRatio=0.1", code=1)
    ratio = summary["metrics"]["EvaluationReport"]["regression_metrics"]["rmse_ratio"]["value"]
    assert summary["status"] == "Failed"
    reason = step(summary, "RejectModel")["reason"]
    assert str(ratio) in reason
    assert "0.1" in reason
    assert laptop.packages() == before
    (message,) = inbox.messages(summary["execution_arn"])
    assert "was rejected by the gate" in message
    assert "MaxErrorRatio" in message
    assert f"/tickit/{summary['execution_id']}/report.html" in message


@pytest.fixture(scope="module")
def three_instances(laptop):
    return laptop.json("start", "tickit", "-p", "ProcessingInstanceCount=3")


def test_three_instances_make_three_shards_of_the_same_rows(laptop, first_run, three_instances):
    assert three_instances["status"] == "Succeeded"
    assert len(_parts(laptop, three_instances, "train")) == 3
    for side in ("train", "test"):
        assert _rows(laptop, three_instances, side) == _rows(laptop, first_run, side)
    assert set(_rows(laptop, first_run, "train")).isdisjoint(_rows(laptop, first_run, "test"))


def test_a_part_of_the_pipeline_runs_on_earlier_results_and_hits_the_cache(laptop, first_run):
    again = laptop.json("start", "tickit", "--from", "Train", "--source", first_run["execution_id"])
    assert again["status"] == "Succeeded"
    reused = {found["name"]: found["reused_from"] for found in again["steps"]}
    origin = first_run["execution_id"]
    assert reused["Preprocess"] == reused["Train"] == origin
    # Another model may have been approved in the meantime.
    assert reused["Evaluate"] is None


def test_a_parameter_of_the_wrong_type_is_refused_before_anything_runs(laptop):
    refused = laptop.run("start", "tickit", "-p", "ProcessingInstanceCount=many", code=2)
    assert "ProcessingInstanceCount" in refused.stderr
    unknown = laptop.run("start", "tickit", "-p", "Colour=red", code=2)
    assert "Colour" in unknown.stderr


def _parts(laptop, summary, side: str) -> list[str]:
    lake = laptop.output("redline-local-data", "LakeBucketName")
    prefix = f"s3://{lake}/runs/tickit/{summary['execution_id']}/Preprocess/{side}/"
    return laptop.uris(prefix)


def _rows(laptop, summary, side: str) -> list[tuple[object, ...]]:
    rows = []
    for uri in _parts(laptop, summary, side):
        table = pq.read_table(io.BytesIO(laptop.read(uri)))
        rows += [tuple(row.values()) for row in table.to_pylist()]
    return sorted(rows)
