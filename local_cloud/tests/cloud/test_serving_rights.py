"""Permissions on endpoints, models and scaling: by resource names and condition keys."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

SCALED = {
    "ResourceId": "endpoint/ours/variant/AllTraffic",
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
}
ARN = "arn:aws:sagemaker:us-east-1:123456789012:"


def denied(call, **parameters):
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    return "AccessDenied" in caught.value.response["Error"]["Code"]


def test_scaling_is_allowed_for_one_service(cloud, make_role, allow):
    document = allow("application-autoscaling:*")
    document["Statement"][0]["Condition"] = {
        "StringEquals": {"application-autoscaling:service-namespace": "sagemaker"}
    }
    client = cloud.client("application-autoscaling", make_role("scaler", document))
    assert denied(
        client.deregister_scalable_target,
        ServiceNamespace="dynamodb",
        ResourceId="table/ours",
        ScalableDimension="dynamodb:table:ReadCapacityUnits",
    )
    assert not denied(client.deregister_scalable_target, ServiceNamespace="sagemaker", **SCALED)


@pytest.mark.parametrize(
    ("operation", "ours", "names"),
    [
        ("describe_endpoint", "endpoint/ours", {"EndpointName": "{}"}),
        ("delete_endpoint", "endpoint/ours", {"EndpointName": "{}"}),
        ("describe_endpoint_config", "endpoint-config/ours", {"EndpointConfigName": "{}"}),
        ("delete_endpoint_config", "endpoint-config/ours", {"EndpointConfigName": "{}"}),
        ("delete_model", "model/ours", {"ModelName": "{}"}),
        ("list_pipeline_executions", "pipeline/ours", {"PipelineName": "{}"}),
    ],
)
def test_names_decide(cloud, make_role, allow, operation, ours, names):
    role = make_role(operation, allow("sagemaker:*", resource=ARN + ours))
    call = getattr(cloud.client("sagemaker", role), operation)
    (parameter,) = names
    assert not denied(call, **{parameter: "ours"})
    assert denied(call, **{parameter: "theirs"})


def test_alarms_are_changed_and_read_by_name(cloud, make_role, allow):
    """https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html"""
    role = make_role(
        "alarmist",
        allow("cloudwatch:*", resource=f"{ARN}alarm:ours-*".replace("sagemaker", "cloudwatch")),
    )
    client = cloud.client("cloudwatch", role)
    client.delete_alarms(AlarmNames=["ours-1"])
    assert denied(client.delete_alarms, AlarmNames=["ours-1", "theirs"])
    assert not client.describe_alarms(AlarmNames=["ours-1"])["MetricAlarms"]
    assert denied(client.describe_alarms, AlarmNamePrefix="ours-")
    alarm = {
        "Namespace": "Ours",
        "MetricName": "Errors",
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 1,
        "ComparisonOperator": "GreaterThanThreshold",
    }
    assert denied(client.put_metric_alarm, AlarmName="theirs", **alarm)
    client.put_metric_alarm(AlarmName="ours-1", **alarm)


def test_an_update_needs_permissions_on_the_endpoint_and_the_configuration(cloud, make_role, allow):
    role = make_role("updater", allow("sagemaker:*", resource=f"{ARN}endpoint/ours"))
    update = cloud.client("sagemaker", role).update_endpoint
    assert denied(update, EndpointName="ours", EndpointConfigName="ours")


def test_a_model_of_a_package_needs_permissions_on_both(cloud, make_role, allow):
    role = make_role("maker", allow("sagemaker:*", "iam:PassRole", resource=f"{ARN}model/ours"))
    create = cloud.client("sagemaker", role).create_model
    package = {"ModelPackageName": f"{ARN}model-package/ours/1"}
    request = {"ModelName": "ours", "ExecutionRoleArn": role}
    assert denied(create, Containers=[package], **request)
    assert denied(create, PrimaryContainer=package, **request)


@pytest.mark.parametrize("name", ["ours", f"{ARN}model-package-group/ours"])
def test_the_packages_of_a_group_are_listed_by_its_name_or_arn(cloud, make_role, allow, name):
    role = make_role(
        f"lister-{len(name)}", allow("sagemaker:*", resource=f"{ARN}model-package/ours/*")
    )
    listing = cloud.client("sagemaker", role).list_model_packages
    assert listing(ModelPackageGroupName=name)["ModelPackageSummaryList"] == []
    assert denied(listing, ModelPackageGroupName=name.replace("ours", "theirs"))


def test_a_role_may_be_limited_to_versions_that_wait_for_approval(cloud, make_role):
    """https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html"""
    waits = {"StringEquals": {"sagemaker:ModelApprovalStatus": "PendingManualApproval"}}
    statement = {
        "Effect": "Allow",
        "Action": "sagemaker:CreateModelPackage",
        "Resource": "*",
        "Condition": waits,
    }
    cloud.client("sagemaker").create_model_package_group(ModelPackageGroupName="promoted")
    role = make_role("promoter", {"Version": "2012-10-17", "Statement": [statement]})
    create = cloud.client("sagemaker", role).create_model_package
    create(ModelPackageGroupName="promoted", ModelApprovalStatus="PendingManualApproval")
    assert denied(create, ModelPackageGroupName="promoted", ModelApprovalStatus="Approved")
    assert denied(create, ModelPackageGroupName="promoted")
