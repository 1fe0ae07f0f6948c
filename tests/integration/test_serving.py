"""Approvals and rejections with boto3, and the version in service afterwards."""

from __future__ import annotations

import io
import tarfile
import time
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import numpy as np
import pytest
from botocore.exceptions import ClientError

from local_cloud.archives import unpack_tar
from operations.models.endpoints import endpoint_status
from pipeline_code.tickit import inference
from tests.faults.watching import eventually
from tests.integration.inbox import subscribed

GROUP = ENDPOINT = "redline-local-tickit"
ROWS = b"""venueid,catid,caldate,holiday,events
3,9,2008-03-01,t,1
45,6,2008-07-12,f,2
9,7,2008-12-24,t,1
"""
BROKEN = 'raise ValueError("the feature table is missing")\n'
# The model loads and passes the health check, and fails on every request.
FAULTY = """
def app(environ, start_response):
    status = "200 OK" if environ["PATH_INFO"] == "/ping" else "500 Internal Server Error"
    start_response(status, [("Content-Type", "text/plain")])
    return [b"the feature table is empty"]
"""

pytestmark = pytest.mark.laptop


@pytest.fixture(scope="module")
def trained(laptop, first_run):
    """A package for this module; the package of the first run is used by other tests."""
    return register(laptop, first_run["packages"][0]["arn"])


@pytest.fixture(scope="module")
def first_served(laptop, trained):
    """The package that is served first, approved with boto3."""
    decide(laptop, trained, "Approved")
    return wait_for(laptop, trained)


@pytest.fixture(scope="module")
def second_served(laptop, first_served):
    """A newer package that replaced it, approved with the command."""
    newer = register(laptop, first_served)
    outcome = laptop.json("approve", newer)
    assert outcome["done"] is True
    assert outcome["endpoint"]["package_arn"] == newer
    return newer


def test_an_approved_package_answers_as_the_model_itself_does(laptop, first_served, tmp_path):
    container = package(laptop, first_served)["InferenceSpecification"]["Containers"][0]
    unpack_tar(laptop.read(container["ModelDataUrl"]), tmp_path)
    model = inference.model_fn(str(tmp_path))
    expected = inference.predict_fn(inference.input_fn(ROWS, "text/csv"), model)
    answered = predict(laptop)
    assert len(answered) == 3
    assert answered == np.round(expected, 4).tolist()


def test_rows_are_shown_with_their_predictions(laptop, first_served, tmp_path):
    rows = tmp_path / "rows.csv"
    rows.write_bytes(ROWS)
    shown = laptop.json("predict", "tickit", rows)
    assert [each["row"]["venueid"] for each in shown] == ["3", "45", "9"]
    assert [each["prediction"]["total_sold"] for each in shown] == predict(laptop)


def test_a_refused_row_is_reported_by_its_line(laptop, first_served, tmp_path):
    rows = tmp_path / "rows.csv"
    rows.write_text("venueid,catid,caldate,holiday,events\nthree,9,2008-03-01,t,1\n")
    refused = laptop.run("predict", "tickit", rows, code=2)
    assert "venueid" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_rows_outside_the_training_rows_are_marked_and_counted(laptop, first_served):
    runtime, metrics = laptop.client("sagemaker-runtime"), laptop.client("cloudwatch")

    def counted():
        now = datetime.now(UTC)
        points = metrics.get_metric_statistics(
            Namespace="Redline",
            MetricName="RowsOutsideTraining",
            Dimensions=[{"Name": "Pipeline", "Value": GROUP}],
            StartTime=now - timedelta(hours=1),
            EndTime=now + timedelta(hours=1),
            Period=7200,
            Statistics=["Sum"],
        )["Datapoints"]
        return sum(each["Sum"] for each in points)

    before = counted()
    body = ROWS.replace(b"2008-12-24", b"9999-12-31")
    response = runtime.invoke_endpoint(EndpointName=ENDPOINT, ContentType="text/csv", Body=body)
    assert response["CustomAttributes"] == "outside_training_rows=1;columns=caldate"
    eventually(lambda: counted() > before)  # the metric is extracted from the log
    assert counted() == before + 1


def test_a_newer_package_takes_the_place_without_a_pause(laptop, second_served):
    described = laptop.client("sagemaker").describe_endpoint(EndpointName=ENDPOINT)
    assert described["EndpointStatus"] == "InService"
    assert f"-v{version(second_served)}-" in described["EndpointConfigName"]
    assert len(predict(laptop)) == 3


def test_a_model_that_does_not_load_leaves_the_old_one_and_is_reported(laptop, second_served):
    inbox = subscribed(laptop, "serving-alerts")
    broken = register(laptop, second_served, model=archive_of(BROKEN))
    outcome = laptop.json("approve", broken, code=1)
    assert "the feature table is missing" in outcome["text"]
    assert answering(laptop) == second_served
    assert len(predict(laptop)) == 3
    described = laptop.client("sagemaker").describe_endpoint(EndpointName=ENDPOINT)
    assert described["EndpointStatus"] == "InService"
    assert "the feature table is missing" in described["FailureReason"]
    (message,) = inbox.messages("could not be deployed", f"{ENDPOINT}-v{version(broken)}-")
    assert "the feature table is missing" in message
    (listed,) = laptop.json("endpoints")
    assert list(listed["failures"]) == [broken]


def test_rejecting_the_version_in_service_restores_the_previous_one(
    laptop, first_served, second_served
):
    decide(laptop, second_served, "Rejected")
    wait_for(laptop, first_served)
    assert len(predict(laptop)) == 3


def test_two_approvals_at_once_end_with_the_newer(laptop, first_served, second_served):
    older, newer = register(laptop, first_served), register(laptop, first_served)
    decide(laptop, newer, "Approved")
    decide(laptop, older, "Approved")
    wait_for(laptop, newer)
    time.sleep(5)  # no later event reverts the change
    assert answering(laptop) == newer


def test_the_version_in_service_is_scaled_as_the_stack_says(laptop, second_served):
    client = laptop.client("application-autoscaling")
    (target,) = client.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"]
    assert target["ResourceId"] == f"endpoint/{ENDPOINT}/variant/AllTraffic"
    assert (target["MinCapacity"], target["MaxCapacity"]) == (2, 4)


def test_what_is_asked_and_answered_is_captured(laptop, first_served):
    predict(laptop)
    lake = laptop.output("redline-local-data", "LakeBucketName")
    prefix = f"s3://{lake}/captured/tickit/{ENDPOINT}/AllTraffic/"
    found = eventually(lambda: laptop.uris(prefix))
    assert b"endpointInput" in laptop.read(found[0])


def test_a_faulty_version_does_not_block_its_replacement(laptop, first_served):
    faulty = register(laptop, first_served, model=archive_of(FAULTY))
    decide(laptop, faulty, "Approved")
    wait_for(laptop, faulty)
    alarm = alarm_on_errors(laptop)

    def errors_raise_the_alarm():
        assert failed_with(laptop) == 500
        return state_of(laptop, alarm) == "ALARM"

    eventually(errors_raise_the_alarm)
    replacement = register(laptop, first_served)
    decide(laptop, replacement, "Approved")

    def is_replaced():
        failed_with(laptop)
        assert failure_reason(laptop) is None
        return answering(laptop) == replacement

    eventually(is_replaced)
    assert len(predict(laptop)) == 3
    # The deployer deletes them when it receives the event of the completed update.
    eventually(lambda: not rollback_alarms(laptop))


def test_a_version_that_fails_on_requests_is_rolled_back(laptop, first_served):
    """The old version has no errors, so only the alarms of the new version are triggered."""
    before = register(laptop, first_served)
    decide(laptop, before, "Approved")
    wait_for(laptop, before)
    decide(laptop, register(laptop, first_served, model=archive_of(FAULTY)), "Approved")

    def reason_of_the_rollback():
        failed_with(laptop)
        return failure_reason(laptop)

    assert "-errors" in eventually(reason_of_the_rollback)
    wait_for(laptop, before)
    assert len(predict(laptop)) == 3


def alarm_on_errors(laptop):
    """Return the name of the stack's alarm on the errors of the endpoint."""
    found = laptop.client("cloudwatch").describe_alarms()["MetricAlarms"]
    (name,) = [
        alarm["AlarmName"]
        for alarm in found
        if alarm["MetricName"] == "Invocation5XXErrors" and len(alarm["Dimensions"]) == 2
    ]
    return name


def state_of(laptop, alarm):
    (found,) = laptop.client("cloudwatch").describe_alarms(AlarmNames=[alarm])["MetricAlarms"]
    return found["StateValue"]


def rollback_alarms(laptop):
    """Return the alarms that the deployer created for its deployments."""
    client = laptop.client("cloudwatch")
    return client.describe_alarms(AlarmNamePrefix=f"{ENDPOINT}-v")["MetricAlarms"]


def failed_with(laptop):
    """Send one request; return the status of the model's response, or None if it succeeded."""
    try:
        predict(laptop)
    except ClientError as error:
        return error.response.get("OriginalStatusCode")
    return None


def failure_reason(laptop):
    described = laptop.client("sagemaker").describe_endpoint(EndpointName=ENDPOINT)
    return described.get("FailureReason")


def decide(laptop, arn, status):
    laptop.client("sagemaker").update_model_package(ModelPackageArn=arn, ModelApprovalStatus=status)


def register(laptop, source, *, model=None):
    """Register a package like `source` that waits for approval, optionally with another archive."""
    containers = package(laptop, source)["InferenceSpecification"]["Containers"]
    if model is not None:
        containers = [{**containers[0], "ModelDataUrl": upload(laptop, model)}]
    return laptop.client("sagemaker").create_model_package(
        ModelPackageGroupName=GROUP,
        InferenceSpecification={
            "Containers": containers,
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
    )["ModelPackageArn"]


def upload(laptop, archive):
    lake = laptop.output("redline-local-data", "LakeBucketName")
    # As if a training job had written it.
    key = f"kept/tickit/000000000000/Train/model/{uuid4().hex}/output/model.tar.gz"
    laptop.client("s3").put_object(Bucket=lake, Key=key, Body=archive)
    return f"s3://{lake}/{key}"


def archive_of(code):
    """Return a model.tar.gz that contains only hosting code."""
    archive, content = io.BytesIO(), code.encode()
    with tarfile.open(fileobj=archive, mode="w:gz") as tar:
        member = tarfile.TarInfo("code/inference.py")
        member.size = len(content)
        tar.addfile(member, io.BytesIO(content))
    return archive.getvalue()


def package(laptop, arn):
    return laptop.client("sagemaker").describe_model_package(ModelPackageName=arn)


def version(arn):
    return int(arn.rpartition("/")[2])


def predict(laptop):
    """Return the response of the endpoint for the three rows."""
    answer = laptop.client("sagemaker-runtime").invoke_endpoint(
        EndpointName=ENDPOINT, Body=ROWS, ContentType="text/csv", Accept="text/csv"
    )
    return [float(line) for line in answer["Body"].read().decode().splitlines()]


def answering(laptop):
    """Return the served package, or None while the endpoint is updating."""
    now = endpoint_status(laptop.client("sagemaker"), ENDPOINT)
    return now.package_arn if now.status == "InService" else None


def wait_for(laptop, arn):
    """Wait until the endpoint serves the package; return it."""
    eventually(lambda: answering(laptop) == arn)
    return arn
