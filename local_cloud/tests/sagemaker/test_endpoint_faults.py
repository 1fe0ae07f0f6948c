"""Endpoints that lose instances, and their metrics and capture while other services fail."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from local_cloud.sagemaker.jobs.process_isolation import has_namespaces


@pytest.mark.parametrize("kind", ["lost_instance", "kill"])
def test_a_lost_instance_is_replaced_while_the_other_answers(bench, cloud, faults, kind):
    faults.inject(kind, resource="*:endpoint/*/AllTraffic/i-*", seconds=2)
    name = bench.serving(bench.config(bench.variant(bench.model(), InitialInstanceCount=2)))
    logs, group = cloud.client("logs"), f"/aws/sagemaker/Endpoints/{name}"
    answers = []

    def is_replaced():
        answers.append(answer_or_status(bench, name))
        streams = logs.describe_log_streams(logGroupName=group)["logStreams"]
        (variant,) = bench.describe(name)["ProductionVariants"]
        return len(streams) == 3 and variant["CurrentInstanceCount"] == 2

    bench.workshop.until(is_replaced, bool)
    assert set(answers) <= {"a:x", 503}
    assert answers[-1] == "a:x"
    # After the loss is detected, requests go to the other instance.
    assert answers.count(503) < 5
    assert len(faults.hits()) == 1


def answer_or_status(bench, name):
    try:
        return bench.ask(name)
    except bench.runtime.exceptions.ModelError as error:
        return error.response["OriginalStatusCode"]


@pytest.mark.skipif(not has_namespaces(), reason="this machine does not allow mount namespaces")
def test_an_endpoint_that_writes_nothing_runs_with_a_full_disk(bench, faults):
    faults.inject("disk_full", resource="*:endpoint/*")
    assert bench.ask(bench.serving(bench.config_of())) == "a:x"
    assert [kind for kind, _ in faults.hits()] == ["disk_full"]


def test_captured_requests_are_kept_while_s3_fails(bench, tried_once, faults):
    uri = bench.workshop.uri("captured")
    capture = {
        "EnableCapture": True,
        "InitialSamplingPercentage": 100,
        "DestinationS3Uri": uri,
        "CaptureOptions": [{"CaptureMode": "Input"}],
        "CaptureContentTypeHeader": {"CsvContentTypes": ["text/csv"]},
    }
    name = bench.serving(bench.config_of(DataCaptureConfig=capture))
    faults.inject("error", action="s3:PutObject", role="everything", times=2)
    bench.ask(name, "1")
    bench.workshop.until(lambda: len(faults.hits()), lambda count: count == 2)
    keys = bench.workshop.until(lambda: bench.workshop.keys("captured"), bool)
    (line,) = "".join(map(bench.workshop.text, keys)).splitlines()
    assert '"data": "1"' in line


def test_metrics_are_kept_while_cloudwatch_fails(bench, cloud, tried_once, faults):
    name = bench.serving(bench.config_of())
    faults.inject("error", action="cloudwatch:PutMetricData", times=2)
    bench.ask(name)
    bench.workshop.until(lambda: len(faults.hits()), lambda count: count == 2)
    bench.workshop.until(lambda: invocations(cloud, name), lambda count: count == 1)


def invocations(cloud, name):
    now = datetime.now(UTC)
    points = cloud.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/SageMaker",
        MetricName="Invocations",
        Dimensions=[
            {"Name": "EndpointName", "Value": name},
            {"Name": "VariantName", "Value": "AllTraffic"},
        ],
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(hours=1),
        Period=60,
        Statistics=["Sum"],
    )["Datapoints"]
    return sum(point["Sum"] for point in points)
