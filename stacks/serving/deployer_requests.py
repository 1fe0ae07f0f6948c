"""The parts of the deployer's SageMaker requests that the serving stack sets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aws_cdk import aws_iam as iam

from stacks.config import Serving
from stacks.lake.lake_buckets import CAPTURED
from stacks.network.private_vpc import private_subnets
from stacks.network.stack import NetworkStack
from stacks.platform import Platform
from stacks.serving.endpoint_alarms import NAMESPACE, PERIOD, STATISTIC, response_limits

# SageMaker requires a deployment timeout of at least 600 seconds (API BlueGreenUpdatePolicy).
_DEPLOYMENT_SECONDS = 1800


def deployer_requests(
    serving: Serving,
    platform: Platform,
    *,
    pipeline: str,
    tags: Mapping[str, str],
    role: iam.IRole,
) -> dict[str, Any]:
    """Return the parts of the deployer's requests that the stack sets (see lambda/deploy_model)."""
    return {
        "tags": tags,
        "model": _model_request(role, platform.network),
        "variant": _variant_request(serving),
        "config": _config_request(serving, platform, pipeline=pipeline),
        "deployment": deployment_request(serving),
        "rollback_alarms": rollback_alarm_requests(serving),
        "scaling": _scaling_request(serving),
    }


def _model_request(role: iam.IRole, network: NetworkStack) -> dict[str, Any]:
    """Return the members of CreateModel: the role of the model and its network."""
    return {
        "ExecutionRoleArn": role.role_arn,
        "VpcConfig": {
            "SecurityGroupIds": [network.jobs.security_group_id],
            "Subnets": [each.subnet_id for each in private_subnets(network.vpc)],
        },
        "EnableNetworkIsolation": True,
    }


def _variant_request(serving: Serving) -> dict[str, Any]:
    """Return a production variant for CreateEndpointConfig: the instances."""
    return {
        "InstanceType": serving.instance_type,
        "InitialInstanceCount": serving.initial_instances,
        "InitialVariantWeight": 1.0,
    }


def _config_request(serving: Serving, platform: Platform, *, pipeline: str) -> dict[str, Any]:
    """Return members of CreateEndpointConfig: the key, the capture of requests and responses."""
    key = platform.key.key_arn
    if not serving.capture_percent:
        return {"KmsKeyId": key}
    capture = {
        "EnableCapture": True,
        "InitialSamplingPercentage": serving.capture_percent,
        "DestinationS3Uri": f"s3://{platform.lake.bucket_name}/{CAPTURED}{pipeline}",
        "KmsKeyId": key,
        "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
        "CaptureContentTypeHeader": {
            "CsvContentTypes": ["text/csv"],
            "JsonContentTypes": ["application/json", "application/jsonlines"],
        },
    }
    return {"KmsKeyId": key, "DataCaptureConfig": capture}


def deployment_request(serving: Serving) -> dict[str, Any]:
    """Return the DeploymentConfig for UpdateEndpoint: the shift of traffic to a new model."""
    bake, canary = serving.bake_seconds, serving.canary_percent
    routing: dict[str, Any] = {"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": 0}
    if canary:
        routing = {
            "Type": "CANARY",
            "WaitIntervalInSeconds": bake,
            "CanarySize": {"Type": "CAPACITY_PERCENT", "Value": canary},
        }
    return {
        "BlueGreenUpdatePolicy": {
            "TrafficRoutingConfiguration": routing,
            "TerminationWaitInSeconds": bake,
            "MaximumExecutionTimeoutInSeconds": _DEPLOYMENT_SECONDS + 2 * bake,
        },
    }


def rollback_alarm_requests(serving: Serving) -> dict[str, dict[str, Any]]:
    """Return the requests of PutMetricAlarm for a new fleet, by the suffix of the alarm's name.

    The deployer adds the name and the dimensions. Until the new fleet receives requests, its
    metrics have no data, which must not roll it back.
    """
    return {
        limit.name.lower(): {
            "AlarmDescription": f"The deployment is rolled back: the new fleet {limit.excess}",
            "Namespace": NAMESPACE,
            "MetricName": limit.metric,
            "Statistic": STATISTIC,
            "Period": PERIOD.to_seconds(),
            "EvaluationPeriods": 1,
            "Threshold": limit.threshold,
            "ComparisonOperator": "GreaterThanThreshold",
            "TreatMissingData": "notBreaching",
        }
        for limit in response_limits(serving)
    }


def _scaling_request(serving: Serving) -> dict[str, int]:
    """Return the settings of Application Auto Scaling: numbers of instances and requests."""
    return {
        "Min": serving.min_instances,
        "Max": serving.max_instances,
        "InvocationsPerInstance": serving.invocations_per_instance,
    }
