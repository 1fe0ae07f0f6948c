"""Endpoints through boto3: their life cycle, responses, updates and rollbacks."""

from __future__ import annotations

import json
import time
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from local_cloud.sagemaker import status_events

BROKEN = "import nothing_of_that_name\n"


def shift(kind, wait=0, *, percent=50, **more):
    routing = {"Type": kind, "WaitIntervalInSeconds": wait}
    size = {"Type": "CAPACITY_PERCENT", "Value": percent}
    if kind != "ALL_AT_ONCE":
        routing["CanarySize" if kind == "CANARY" else "LinearStepSize"] = size
    return {"BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": routing}, **more}


def test_an_endpoint_answers_until_it_is_deleted(bench):
    config = bench.config_of()
    name = bench.endpoint(config)
    assert bench.describe(name)["EndpointStatus"] == "Creating"
    found = bench.settled(name)
    assert (found["EndpointStatus"], found["EndpointConfigName"]) == ("InService", config)
    (variant,) = found["ProductionVariants"]
    assert variant["CurrentInstanceCount"] == variant["DesiredInstanceCount"] == 1
    assert variant["DeployedImages"][0]["SpecifiedImage"].startswith("registry.example/")

    answer = bench.runtime.invoke_endpoint(
        EndpointName=name, Body=b"x", ContentType="text/csv", Accept="text/csv"
    )
    assert answer["Body"].read() == b"a:x"
    assert answer["ContentType"] == "text/csv; charset=utf-8"
    assert answer["InvokedProductionVariant"] == "AllTraffic"
    assert name in [entry["EndpointName"] for entry in listed(bench, StatusEquals="InService")]

    bench.client.delete_endpoint(EndpointName=name)
    bench.client.get_waiter("endpoint_deleted").wait(
        EndpointName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 30}
    )
    assert bench.refusal(name)["Error"]["Code"] == "ValidationError"


def listed(bench, **more):
    return bench.client.list_endpoints(**more)["Endpoints"]


def test_an_error_of_the_model_is_returned_as_model_error(bench):
    name = bench.serving(bench.config_of())
    response = bench.refusal(name, "bad")
    assert response["Error"]["Code"] == "ModelError"
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 424
    assert response["OriginalStatusCode"] == 400
    assert response["OriginalMessage"] == "row 1, column size"
    assert response["LogStreamArn"].endswith(f"log-group:/aws/sagemaker/Endpoints/{name}")
    assert (
        'Received client error (400) from primary with message "row 1, column size"'
        in (response["Error"]["Message"])
    )
    assert bench.refusal(name, "broken")["OriginalStatusCode"] == 500
    assert bench.ask(name) == "a:x"


def test_a_process_that_exits_causes_one_error(bench):
    name = bench.serving(bench.config_of())
    assert bench.refusal(name, "die")["OriginalStatusCode"] == 503
    bench.workshop.until(lambda: answered(bench, name), bool)


def answered(bench, name):
    try:
        return bench.ask(name)
    except ClientError:
        return None


def test_the_limits_and_error_codes_are_those_of_the_service(bench):
    name = bench.serving(bench.config_of())
    response = bench.refusal(name, b"x" * 10_000_000)
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 413
    assert "exceeded 6291456 bytes" in response["Error"]["Message"]
    response = bench.refusal("missing")
    assert response["Error"]["Code"] == "ValidationError"
    assert response["Error"]["Message"] == "Endpoint missing of account 123456789012 not found."
    assert (
        "Variant other not found" in bench.refusal(name, TargetVariant="other")["Error"]["Message"]
    )
    assert "not supported" in bench.refusal(name, TargetModel="m.tar.gz")["Error"]["Message"]
    with pytest.raises(ClientError, match="InvokeEndpointAsync is not implemented"):
        bench.runtime.invoke_endpoint_async(EndpointName=name, InputLocation="s3://b/k")
    assert bench.ask(name) == "a:x"


def message(response):
    return response["Error"]["Message"]


def test_a_model_that_does_not_load_fails_the_endpoint(bench):
    name = bench.endpoint(bench.config_of(code=BROKEN))
    found = bench.settled(name)
    assert found["EndpointStatus"] == "Failed"
    assert found["FailureReason"].startswith(
        "The primary container for production variant AllTraffic did not pass the ping health check"
    )
    assert "No module named 'nothing_of_that_name'" in found["FailureReason"]
    assert bench.refusal(name)["Error"]["Code"] == "ValidationError"
    with pytest.raises(ClientError, match="it is Failed and can only be deleted"):
        bench.update(name, bench.config_of())
    bench.client.delete_endpoint(EndpointName=name)


@pytest.mark.parametrize("kind", ["ALL_AT_ONCE", "CANARY", "LINEAR"])
def test_an_update_moves_all_traffic(bench, kind):
    name = bench.serving(bench.config_of("a"))
    second = bench.config_of("b")
    found = bench.update(name, second, DeploymentConfig=shift(kind))
    assert found["EndpointConfigName"] == second
    assert "FailureReason" not in found
    assert found["LastDeploymentConfig"] == shift(kind)
    assert {bench.ask(name) for _ in range(20)} == {"b:x"}


def test_a_canary_gets_its_share_before_all_traffic_moves(bench):
    name = bench.serving(bench.config_of("a"))
    second = bench.config_of("b")
    bench.client.update_endpoint(
        EndpointName=name, EndpointConfigName=second, DeploymentConfig=shift("CANARY", 3)
    )
    found = bench.describe(name)
    assert found["EndpointStatus"] == "Updating"
    assert found["PendingDeploymentSummary"]["EndpointConfigName"] == second
    seen = bench.workshop.until(
        lambda: {bench.ask(name) for _ in range(20)}, lambda answers: "b:x" in answers
    )
    assert seen == {"a:x", "b:x"}
    with pytest.raises(ClientError, match="Cannot update in-progress endpoint"):
        bench.client.delete_endpoint(EndpointName=name)
    assert bench.settled(name)["EndpointConfigName"] == second
    assert bench.ask(name) == "b:x"


def test_an_update_that_fails_its_health_check_keeps_the_old_variants(bench):
    first = bench.config_of("a")
    name = bench.serving(first)
    found = bench.update(name, bench.config_of("b", BROKEN))
    assert (found["EndpointStatus"], found["EndpointConfigName"]) == ("InService", first)
    assert "did not pass the ping health check" in found["FailureReason"]
    assert bench.ask(name) == "a:x"
    found = bench.update(name, bench.config_of("c"))
    assert "FailureReason" not in found
    assert bench.ask(name) == "c:x"


def test_an_alarm_during_the_shift_rolls_back(bench, cloud):
    first = bench.config_of("a")
    name = bench.serving(first)
    alarm = make_alarm(cloud)
    rollback = {"AutoRollbackConfiguration": {"Alarms": [{"AlarmName": alarm}]}}
    bench.client.update_endpoint(
        EndpointName=name,
        EndpointConfigName=bench.config_of("b"),
        DeploymentConfig=shift("CANARY", 60, **rollback),
    )
    bench.workshop.until(lambda: bench.ask(name), lambda answer: answer == "b:x")
    cloud.client("cloudwatch").set_alarm_state(
        AlarmName=alarm, StateValue="ALARM", StateReason="test"
    )
    found = bench.settled(name)
    assert found["EndpointConfigName"] == first
    assert f"in the state ALARM: {alarm}" in found["FailureReason"]
    assert {bench.ask(name) for _ in range(20)} == {"a:x"}


def make_alarm(cloud):
    name = f"alarm-{uuid4().hex[:8]}"
    cloud.client("cloudwatch").put_metric_alarm(
        AlarmName=name,
        Namespace="AWS/SageMaker",
        MetricName="Invocation5XXErrors",
        Statistic="Sum",
        Period=3600,
        EvaluationPeriods=1,
        Threshold=1e9,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="ignore",
    )
    return name


def test_a_deployment_with_an_unknown_alarm_is_refused(bench):
    name = bench.serving(bench.config_of("a"))
    rollback = {"AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "nothing"}]}}
    with pytest.raises(ClientError, match="Could not find the alarms nothing"):
        bench.update(name, bench.config_of("b"), DeploymentConfig=shift("ALL_AT_ONCE", **rollback))


def test_a_deployment_whose_role_cannot_read_the_alarms_is_refused(bench, cloud, role_with):
    """https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-configuration.html"""
    alarm = make_alarm(cloud)
    reads_models = {"Effect": "Allow", "Action": ["s3:*", "kms:*"], "Resource": "*"}
    bench.workshop.role = role_with([reads_models])
    name = bench.serving(bench.config_of("a"))
    rollback = {"AutoRollbackConfiguration": {"Alarms": [{"AlarmName": alarm}]}}
    with pytest.raises(ClientError, match=r"could not read the alarms.*cloudwatch:DescribeAlarms"):
        bench.update(name, bench.config_of("b"), DeploymentConfig=shift("ALL_AT_ONCE", **rollback))


def test_requests_in_progress_are_answered_during_an_update(bench):
    name = bench.serving(bench.config_of("a"))
    second = bench.config_of("b")
    bench.client.update_endpoint(EndpointName=name, EndpointConfigName=second)
    deadline = time.monotonic() + 180
    answers = []
    while time.monotonic() < deadline:
        answers.append(bench.ask(name, "slow" if len(answers) == 3 else "x")[0])
        if answers[-1] == "b":
            break
    assert answers[-1] == "b"
    assert bench.settled(name)["EndpointConfigName"] == second


def test_variants_get_traffic_by_weight_and_can_be_targeted(bench):
    config = bench.config(
        bench.variant(bench.model("a"), "One", InitialVariantWeight=1),
        bench.variant(bench.model("b"), "Two", InitialVariantWeight=0),
    )
    name = bench.serving(config)
    assert {bench.ask(name) for _ in range(10)} == {"a:x"}
    assert bench.ask(name, TargetVariant="Two") == "b:x"
    bench.client.update_endpoint_weights_and_capacities(
        EndpointName=name,
        DesiredWeightsAndCapacities=[
            {"VariantName": "One", "DesiredWeight": 0},
            {"VariantName": "Two", "DesiredWeight": 5, "DesiredInstanceCount": 2},
        ],
    )
    found = bench.settled(name)
    two = next(each for each in found["ProductionVariants"] if each["VariantName"] == "Two")
    assert (two["CurrentWeight"], two["CurrentInstanceCount"]) == (5, 2)
    assert {bench.ask(name) for _ in range(10)} == {"b:x"}

    retained = bench.config(bench.variant(bench.model("c"), "Two"))
    found = bench.update(name, retained, RetainAllVariantProperties=True)
    (two,) = found["ProductionVariants"]
    assert (two["CurrentWeight"], two["CurrentInstanceCount"]) == (5, 2)
    assert bench.ask(name) == "c:x"


def test_requests_and_responses_are_captured(bench, cloud):
    key = cloud.client("kms").create_key()["KeyMetadata"]["Arn"]
    bucket = bench.workshop.bucket
    capture = {
        "EnableCapture": True,
        "InitialSamplingPercentage": 100,
        "DestinationS3Uri": f"s3://{bucket}/captured/churn",
        "KmsKeyId": key,
        "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
        "CaptureContentTypeHeader": {"CsvContentTypes": ["text/csv"]},
    }
    name = bench.serving(bench.config_of(DataCaptureConfig=capture))
    assert bench.describe(name)["DataCaptureConfig"]["CaptureStatus"] == "Started"
    bench.ask(name, "1,2", InferenceId="seven")
    bench.refusal(name, "bad")
    prefix = f"captured/churn/{name}/AllTraffic/"
    (file,) = bench.workshop.until(lambda: bench.workshop.keys(prefix), bool)
    (line,) = map(json.loads, bench.workshop.text(file).splitlines())
    assert line["captureData"]["endpointInput"] == {
        "observedContentType": "text/csv",
        "mode": "INPUT",
        "data": "1,2",
        "encoding": "CSV",
    }
    assert line["captureData"]["endpointOutput"]["data"] == "a:1,2"
    assert line["captureData"]["endpointOutput"]["mode"] == "OUTPUT"
    assert line["eventMetadata"]["inferenceId"] == "seven"
    assert line["eventVersion"] == "0"
    head = bench.workshop.s3.head_object(Bucket=bucket, Key=file)
    assert head["SSEKMSKeyId"] == key


def test_invocations_are_counted_in_cloudwatch(bench, cloud):
    name = bench.serving(bench.config_of())
    for body in ("x", "x", "bad"):
        answered(bench, name) if body == "x" else bench.refusal(name, body)
    figures = bench.workshop.until(
        lambda: {metric: measured(cloud, name, metric) for metric in METRICS},
        lambda found: found["Invocations"]["SampleCount"] == 3,
    )
    assert figures["Invocations"]["Sum"] == figures["InvocationsPerInstance"]["Sum"] == 3
    assert figures["Invocation4XXErrors"]["Sum"] == 1
    assert figures["Invocation5XXErrors"]["Sum"] == 0
    assert 0 < figures["ModelLatency"]["Average"] < 60_000_000
    assert figures["ModelLatency"]["Unit"] == "Microseconds"


def test_the_metrics_of_each_fleet_have_the_endpoint_configuration_as_a_dimension(bench, cloud):
    """https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-configuration.html"""
    first, second = bench.config_of("a"), bench.config_of("b")
    name = bench.serving(first)
    bench.refusal(name, "bad")
    bench.update(name, second)
    bench.ask(name)
    found = bench.workshop.until(
        lambda: [
            measured(cloud, name, "Invocation4XXErrors", *fleet)
            for fleet in ((), (first,), (second,))
        ],
        lambda found: [each["SampleCount"] for each in found] == [2, 1, 1],
    )
    assert [each["Sum"] for each in found] == [1, 1, 0]


METRICS = (
    *("Invocations", "InvocationsPerInstance", "Invocation4XXErrors", "Invocation5XXErrors"),
    *("ModelLatency", "OverheadLatency"),
)


def measured(cloud, name, metric, *fleet):
    """Return the statistics of a metric: of all fleets, or of an endpoint configuration's fleet."""
    now = time.time()
    of_fleet = [{"Name": "EndpointConfigName", "Value": config} for config in fleet]
    found = cloud.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/SageMaker",
        MetricName=metric,
        Dimensions=[
            {"Name": "EndpointName", "Value": name},
            {"Name": "VariantName", "Value": "AllTraffic"},
            *of_fleet,
        ],
        StartTime=now - 600,
        EndTime=now + 60,
        Period=3600,
        Statistics=["Sum", "SampleCount", "Average"],
    )
    return (found["Datapoints"] or [{"SampleCount": 0}])[0]


def test_only_allowed_callers_may_invoke(bench, cloud, role_with):
    name = bench.serving(bench.config_of())
    allowed = role_with(
        [
            {
                "Effect": "Allow",
                "Action": "sagemaker:InvokeEndpoint",
                "Resource": f"arn:aws:sagemaker:us-east-1:123456789012:endpoint/{name}",
            }
        ]
    )
    denied = role_with([{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}])
    bench.runtime = cloud.client("sagemaker-runtime", role_arn=allowed)
    assert bench.ask(name) == "a:x"
    bench.runtime = cloud.client("sagemaker-runtime", role_arn=denied)
    response = bench.refusal(name)
    assert response["Error"]["Code"] == "AccessDeniedException"
    assert "sagemaker:InvokeEndpoint" in response["Error"]["Message"]


def test_a_role_that_may_not_read_the_model_fails_the_endpoint(bench, role_with):
    bench.workshop.role = role_with([{"Effect": "Allow", "Action": "logs:*", "Resource": "*"}])
    with pytest.raises(ClientError, match="Could not access model data"):
        bench.model()


def test_each_status_is_published(bench, monkeypatch):
    published = []
    monkeypatch.setattr(status_events, "publish", lambda cloud, **event: published.append(event))
    name = bench.serving(bench.config_of("a"))
    bench.update(name, bench.config_of("b", BROKEN))
    bench.client.delete_endpoint(EndpointName=name)
    mine = [event for event in published if event["detail"].get("EndpointName") == name]
    assert {event["detail_type"] for event in mine} == {"SageMaker Endpoint State Change"}
    assert [event["detail"]["EndpointStatus"] for event in mine] == [
        "CREATING",
        "IN_SERVICE",
        "UPDATING",
        "ROLLING_BACK",
        "IN_SERVICE",
        "DELETING",
    ]
    json.dumps(mine)


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"ServerlessConfig": {"MemorySizeInMB": 1024, "MaxConcurrency": 1}}, "ServerlessConfig"),
        ({"InstanceType": "ml.p5.48xlarge"}, "is not supported here"),
        ({"ModelName": "nothing"}, "Could not find model"),
    ],
)
def test_unsupported_variants_are_refused(bench, more, expected):
    with pytest.raises(ClientError, match=expected):
        bench.config(bench.variant(bench.model(), **more))


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"AsyncInferenceConfig": {"OutputConfig": {"S3OutputPath": "s3://b/k"}}}, "Async"),
        ({"VpcConfig": {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]}}, "VpcConfig"),
    ],
)
def test_unsupported_configurations_are_refused(bench, more, expected):
    with pytest.raises(ClientError, match=expected):
        bench.config_of(**more)


def test_names_must_be_unique(bench):
    config = bench.config_of()
    with pytest.raises(ClientError, match="Cannot create already existing endpoint configuration"):
        bench.client.create_endpoint_config(
            EndpointConfigName=config, ProductionVariants=[bench.variant(bench.model())]
        )
    name = bench.serving(config)
    with pytest.raises(ClientError, match="Cannot create already existing endpoint"):
        bench.client.create_endpoint(EndpointName=name, EndpointConfigName=config)
    described = bench.client.describe_endpoint_config(EndpointConfigName=config)
    assert described["ProductionVariants"][0]["InitialVariantWeight"] == 1.0
    found = bench.client.list_endpoint_configs(NameContains=config)["EndpointConfigs"]
    assert [entry["EndpointConfigName"] for entry in found] == [config]
    bench.client.delete_endpoint_config(EndpointConfigName=config)
    with pytest.raises(ClientError, match="Could not find endpoint configuration"):
        bench.client.describe_endpoint_config(EndpointConfigName=config)
    assert bench.ask(name) == "a:x"


@pytest.mark.parametrize(
    ("deployment", "expected"),
    [
        (shift("CANARY", percent=80), "CanarySize 80 % must be from 1 to 50 %"),
        (shift("LINEAR", percent=5), "LinearStepSize 5 % must be from 10 to 50 %"),
        (
            {
                "RollingUpdatePolicy": {
                    "MaximumBatchSize": {"Type": "INSTANCE_COUNT", "Value": 1},
                    "WaitIntervalInSeconds": 0,
                }
            },
            "RollingUpdatePolicy is not supported",
        ),
    ],
)
def test_unsupported_deployments_are_refused(bench, deployment, expected):
    name = bench.serving(bench.config_of())
    with pytest.raises(ClientError, match=expected):
        bench.update(name, bench.config_of(), DeploymentConfig=deployment)


def test_tags_are_stored(bench):
    name = bench.serving(bench.config_of())
    arn = bench.describe(name)["EndpointArn"]
    bench.client.add_tags(ResourceArn=arn, Tags=[{"Key": "ModelPackage", "Value": "one"}])
    tags = bench.client.list_tags(ResourceArn=arn)["Tags"]
    assert tags == [{"Key": "ModelPackage", "Value": "one"}]
