"""The approved model predicts the future events, and its predictions are in the warehouse."""

from __future__ import annotations

import subprocess
import sys

import pytest

from local_cloud.archives import unpack_tar
from tests.integration.laptop import statuses, step

GROUP = "redline-local-tickit"
STEPS = ["Extract", "LatestModel", "CreateModel", "Transform", "LoadPredictions"]
# The days that are in the future in the local environment.
PLANNED = """
SELECT e.venueid, e.catid, d.caldate, d.holiday, COUNT(*) AS events
FROM event e JOIN date d ON d.dateid = e.dateid
WHERE d.caldate BETWEEN '2008-12-01' AND '2008-12-31'
GROUP BY e.venueid, e.catid, d.caldate, d.holiday
"""
FEATURES = ("venueid", "catid", "caldate", "holiday", "events")
# The hosting code of the model, without a server.
PREDICT = """
import sys
sys.path.insert(0, "code")
import inference
environ = {"REQUEST_METHOD": "POST", "PATH_INFO": "/invocations", "CONTENT_TYPE": "text/csv"}
environ |= {"HTTP_ACCEPT": "text/csv", "wsgi.input": sys.stdin.buffer}
(body,) = inference.app(environ, lambda status, headers: None)
print(body.decode())
"""

pytestmark = pytest.mark.laptop


def approve(laptop, arn, status):
    laptop.client("sagemaker").update_model_package(ModelPackageArn=arn, ModelApprovalStatus=status)


@pytest.fixture(scope="module")
def nothing_approved(laptop, first_run):
    """No model is approved while this fixture is in use; approvals are restored afterwards."""
    listed = laptop.client("sagemaker").list_model_packages(
        ModelPackageGroupName=GROUP, ModelApprovalStatus="Approved"
    )["ModelPackageSummaryList"]
    approved = [package["ModelPackageArn"] for package in listed]
    for arn in approved:
        approve(laptop, arn, "PendingManualApproval")
    yield
    for arn in approved:
        approve(laptop, arn, "Approved")


@pytest.fixture(scope="module")
def package(laptop, first_run, nothing_approved):
    """The ARN of the only approved model."""
    arn = first_run["packages"][0]["arn"]
    approve(laptop, arn, "Approved")
    yield arn
    approve(laptop, arn, "PendingManualApproval")


@pytest.fixture(scope="module")
def scored(laptop, package):
    """The summary of the execution that the deployed schedule rule started."""
    return laptop.json("tick", "tickit-batch")


def predictions(laptop, summary):
    """Return the predictions of the execution in the warehouse, sorted."""
    rows = laptop.json("query", "SELECT * FROM tickit_predictions ORDER BY dateid, venueid, catid")
    return [row for row in rows if row["execution_id"] == summary["execution_id"]]


def test_without_an_approved_model_the_run_succeeds_and_says_why_it_did_nothing(
    laptop, nothing_approved
):
    summary = laptop.json("tick", "tickit-batch")
    assert summary["status"] == "Succeeded"
    assert "HasWork: LatestModel.status (NoApprovedModel) = Found" in described(laptop, summary)
    assert f"the model package group {GROUP} has no approved version" in message_of(summary)
    assert predictions(laptop, summary) == []


def test_without_an_approved_model_the_check_of_drift_succeeds_as_well(laptop, nothing_approved):
    summary = laptop.json("tick", "tickit-monitor")
    assert summary["status"] == "Succeeded"
    assert "HasModel: LatestModel.status (NoApprovedModel) = Found" in described(laptop, summary)
    assert f"the model package group {GROUP} has no approved version" in message_of(summary)


def described(laptop, summary):
    """Return the output of `laptop describe`."""
    return laptop.run("describe", summary["execution_id"]).stdout


def message_of(summary):
    """Return the output `message` of LatestModel from ListPipelineExecutionSteps."""
    outputs = step(summary, "LatestModel")["metadata"]["Lambda"]["OutputParameters"]
    return {each["Name"]: each["Value"] for each in outputs}["message"]


def test_the_rule_starts_the_pipeline_and_every_step_succeeds(scored):
    assert scored["status"] == "Succeeded"
    assert statuses(scored, STEPS) == dict.fromkeys(STEPS, "Succeeded")


def test_there_is_a_prediction_for_every_row_with_the_model_that_made_it(laptop, scored, package):
    planned = laptop.json("query", PLANNED)
    found = predictions(laptop, scored)
    assert len(found) == len(planned) > 100
    assert {row["model_package_arn"] for row in found} == {package}
    # The days and venues of the sample data are those of the training rows.
    assert {row["outside_training"] for row in found} == {""}
    # The features must equal those of tickit's query for the same events.
    features = {tuple(row[name] for name in FEATURES) for row in found}
    assert features == {tuple(row[name] for name in FEATURES) for row in planned}


def test_the_predictions_are_those_of_the_model_itself(laptop, scored, package, tmp_path):
    described = laptop.client("sagemaker").describe_model_package(ModelPackageName=package)
    uri = described["InferenceSpecification"]["Containers"][0]["ModelDataUrl"]
    unpack_tar(laptop.read(uri), tmp_path)
    found = predictions(laptop, scored)
    body = "".join(",".join(str(row[name]) for name in FEATURES) + "\n" for row in found)
    own = subprocess.run(
        [sys.executable, "-c", PREDICT],
        cwd=tmp_path,
        input=body,
        capture_output=True,
        text=True,
        check=True,
    )
    assert [row["predicted_tickets"] for row in found] == [float(n) for n in own.stdout.split()]


def test_the_results_stay_in_the_lake_with_the_keys_and_name_their_model(laptop, scored, package):
    lake = laptop.output("redline-local-data", "LakeBucketName")
    prefix = f"s3://{lake}/runs/tickit-batch/{scored['execution_id']}/Transform/predictions/"
    lines = [line for uri in laptop.uris(prefix) for line in laptop.read(uri).splitlines()]
    assert len(lines) == len(predictions(laptop, scored))
    assert {len(line.split(b",")) for line in lines} == {len(FEATURES) + 3}
    job = step(scored, "Transform")["metadata"]["TransformJob"]["Arn"]
    tags = laptop.client("sagemaker").list_tags(ResourceArn=job)["Tags"]
    assert {"Key": "ModelPackage", "Value": package} in tags


def test_a_second_run_of_the_same_days_stands_beside_the_first(laptop, scored):
    again = laptop.json("tick", "tickit-batch")
    assert again["execution_id"] != scored["execution_id"]
    first, second = (predictions(laptop, summary) for summary in (scored, again))
    own = ("execution_id", "scored_at")
    assert [{k: v for k, v in row.items() if k not in own} for row in first] == [
        {k: v for k, v in row.items() if k not in own} for row in second
    ]


def test_without_future_events_the_run_succeeds_and_loads_nothing(laptop, package):
    """The query replaces `today` and `horizon` by days for which the sample data has no events."""
    values = ["-p", "FirstDay=today", "-p", "LastDay=horizon"]
    summary = laptop.json("start", "tickit-batch", *values)
    assert summary["status"] == "Succeeded"
    assert "Extract.status (NoRows) = Found does not hold" in described(laptop, summary)
    assert predictions(laptop, summary) == []


def test_one_day_and_its_horizon(laptop, package):
    values = ["-p", "FirstDay=2008-12-30", "-p", "LastDay=horizon", "-p", "HorizonDays=1"]
    summary = laptop.json("start", "tickit-batch", *values)
    days = {row["caldate"] for row in predictions(laptop, summary)}
    assert days == {"2008-12-30", "2008-12-31"}


def test_only_the_writer_of_predictions_writes_them(laptop, scored):
    database = laptop.output("redline-local-warehouse", "DatabaseName")
    cluster = laptop.output("redline-local-warehouse", "ClusterIdentifier")
    data = laptop.client("redshift-data")
    started = data.execute_statement(
        ClusterIdentifier=cluster,
        Database=database,
        DbUser="pipeline_reader_tickit_batch",
        Sql="DELETE FROM tickit_predictions",
    )
    described = data.describe_statement(Id=started["Id"], WaitTimeSeconds=30)
    assert described["Status"] == "FAILED"
    assert "permission denied" in described["Error"]
    assert predictions(laptop, scored)
