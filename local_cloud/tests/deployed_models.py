"""SageMaker in memory: a registry and one endpoint, whose deployments end when a test ends them."""

from __future__ import annotations

import hashlib
import io
import json
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError
from botocore.response import StreamingBody

ARN = "arn:aws:sagemaker:us-east-1:1:"
ENDPOINT = "redline-test-one"
GROUP = "redline-test-one"
REQUESTS: dict[str, Any] = {
    "tags": {"Project": "redline"},
    "model": {"ExecutionRoleArn": "arn:aws:iam::1:role/model", "EnableNetworkIsolation": True},
    "variant": {"InstanceType": "ml.m5.large", "InitialInstanceCount": 2},
    "config": {"KmsKeyId": "key"},
    "deployment": {"BlueGreenUpdatePolicy": {"TerminationWaitInSeconds": 300}},
    "rollback_alarms": {
        "errors": {"MetricName": "Invocation5XXErrors", "Threshold": 0.05},
        "latency": {"MetricName": "ModelLatency", "Threshold": 1_000_000},
    },
    "scaling": {"Min": 2, "Max": 4, "InvocationsPerInstance": 600},
}
VARIABLES = {
    "ENDPOINT_NAME": ENDPOINT,
    "MODEL_PACKAGE_GROUP": GROUP,
    "ALERT_TOPIC_ARN": "topic",
    "REQUESTS": json.dumps(REQUESTS),
    "AWS_LAMBDA_FUNCTION_NAME": "deployer",
}
REGISTERED = datetime(2026, 1, 1, tzinfo=UTC)


def refusal(message: str) -> ClientError:
    return ClientError({"Error": {"Code": "ValidationException", "Message": message}}, "call")


def package_arn(version: int) -> str:
    return f"{ARN}model-package/{GROUP}/{version}"


def version_of(arn: str) -> int:
    return int(arn.rpartition("/")[2])


def model_of(version: int) -> bytes:
    return f"model {version}".encode()


class SageMaker:
    """The operations that the deployer calls. `updates` are the requests of UpdateEndpoint."""

    def __init__(self) -> None:
        self.statuses: dict[int, str] = {}
        self.properties: dict[int, dict[str, str]] = {}
        self.models: dict[str, Any] = {}
        self.configs: dict[str, Any] = {}
        self.tags: dict[str, dict[str, str]] = {}
        self.endpoint: dict[str, Any] | None = None
        self.pending: str | None = None
        self.updates: list[dict[str, Any]] = []

    def finish(self, *, error: str | None = None) -> None:
        """End the running deployment, with success or with an error."""
        created = self.endpoint["EndpointStatus"] == "Creating"
        self.endpoint["EndpointStatus"] = "Failed" if error and created else "InService"
        if error:
            self.endpoint["FailureReason"] = error
        else:
            self.endpoint["EndpointConfigName"] = self.pending
        self.pending = None

    def get_paginator(self, name: str) -> Pages:
        return Pages(getattr(self, name))

    def list_model_packages(self, *, ModelPackageGroupName):  # noqa: N803 - the API's names
        assert ModelPackageGroupName == GROUP
        for half in (range(1, 10, 2), range(2, 10, 2)):
            yield {
                "ModelPackageSummaryList": [
                    {
                        "ModelPackageArn": package_arn(version),
                        "ModelApprovalStatus": self.statuses[version],
                    }
                    for version in half
                    if version in self.statuses
                ]
            }

    def describe_model_package(self, *, ModelPackageName):  # noqa: N803
        version = version_of(ModelPackageName)
        container = {"Image": "image", "ModelDataUrl": f"s3://lake/v{version}/model.tar.gz"}
        own = {"model_sha256": hashlib.sha256(model_of(version)).hexdigest()}
        return {
            "ModelPackageArn": ModelPackageName,
            "CreationTime": REGISTERED,
            "InferenceSpecification": {"Containers": [container]},
            "CustomerMetadataProperties": own | self.properties.get(version, {}),
        }

    def update_model_package(
        self,
        *,
        ModelPackageArn,  # noqa: N803
        CustomerMetadataProperties=None,  # noqa: N803
        CustomerMetadataPropertiesToRemove=(),  # noqa: N803
    ):
        properties = self.properties.setdefault(version_of(ModelPackageArn), {})
        properties.update(CustomerMetadataProperties or {})
        for name in CustomerMetadataPropertiesToRemove:
            del properties[name]

    def create_model(self, **request):
        self._create("model", self.models, request.pop("ModelName"), request)

    def create_endpoint_config(self, **request):
        name = request.pop("EndpointConfigName")
        self._create("endpoint configuration", self.configs, name, request)
        self.tags[f"config/{name}"] = as_mapping(request["Tags"])

    def describe_endpoint_config(self, *, EndpointConfigName):  # noqa: N803
        if EndpointConfigName not in self.configs:
            raise refusal(f'Could not find endpoint configuration "{EndpointConfigName}".')
        config = self.configs[EndpointConfigName]
        return {**config, "EndpointConfigArn": f"config/{EndpointConfigName}"}

    def list_endpoint_configs(self, *, NameContains):  # noqa: N803
        names = [name for name in self.configs if NameContains in name]
        yield {"EndpointConfigs": [{"EndpointConfigArn": f"config/{name}"} for name in names]}

    def describe_endpoint(self, *, EndpointName):  # noqa: N803
        if self.endpoint is None:
            raise refusal(f'Could not find endpoint "{EndpointName}".')
        if self.pending is None:
            return self.endpoint
        return {**self.endpoint, "PendingDeploymentSummary": {"EndpointConfigName": self.pending}}

    def create_endpoint(self, *, EndpointName, EndpointConfigName, Tags):  # noqa: N803
        if self.endpoint is not None:
            raise refusal(f'Cannot create already existing endpoint "{EndpointName}".')
        assert EndpointConfigName in self.configs
        self.endpoint = {
            "EndpointArn": f"endpoint/{EndpointName}",
            "EndpointStatus": "Creating",
            "EndpointConfigName": EndpointConfigName,
            "ProductionVariants": [{"DesiredInstanceCount": 2}],
        }
        self.pending = EndpointConfigName
        self.tags[f"endpoint/{EndpointName}"] = as_mapping(Tags)

    def update_endpoint(self, **request):
        if self.endpoint["EndpointStatus"] != "InService":
            raise refusal("Cannot update in-progress endpoint")
        self.updates.append(request)
        self.pending = request["EndpointConfigName"]
        self.endpoint["EndpointStatus"] = "Updating"

    def delete_endpoint(self, *, EndpointName):  # noqa: N803
        self.tags.pop(self.endpoint["EndpointArn"])
        self.endpoint = None

    def add_tags(self, *, ResourceArn, Tags):  # noqa: N803
        self.tags[ResourceArn].update(as_mapping(Tags))

    def delete_tags(self, *, ResourceArn, TagKeys):  # noqa: N803
        for key in TagKeys:
            self.tags[ResourceArn].pop(key, None)

    def list_tags(self, *, ResourceArn):  # noqa: N803
        yield {"Tags": [{"Key": key, "Value": v} for key, v in self.tags[ResourceArn].items()]}

    def _create(self, kind: str, known: dict[str, Any], name: str, request: Any) -> None:
        if name in known:
            raise refusal(f'Cannot create already existing {kind} "{name}".')
        known[name] = request


class Pages:
    """A paginator of boto3."""

    def __init__(self, pages: Any) -> None:
        self.paginate = pages


class S3:
    """The models of the packages: key -> content, with the time at which it was written."""

    def __init__(self) -> None:
        self.objects = {
            f"v{version}/model.tar.gz": (model_of(version), REGISTERED) for version in range(1, 10)
        }

    def get_object(self, *, Bucket, Key):  # noqa: N803
        assert Bucket == "lake"
        content, written = self.objects[Key]
        return {
            "ContentLength": len(content),
            "LastModified": written,
            "Body": StreamingBody(io.BytesIO(content), len(content)),
        }


class Autoscaling:
    """Application Auto Scaling with one variant."""

    class exceptions:  # noqa: N801 - boto3's name
        class ObjectNotFoundException(Exception):  # noqa: N818
            pass

    def __init__(self) -> None:
        self.target: dict[str, Any] | None = None
        self.policy: dict[str, Any] | None = None

    def register_scalable_target(self, **request):
        self.target = request

    def put_scaling_policy(self, **request):
        assert self.target is not None
        self.policy = request

    def deregister_scalable_target(self, **request):
        if self.target is None:
            raise self.exceptions.ObjectNotFoundException
        self.target = self.policy = None


class CloudWatch:
    """The alarms of CloudWatch: name -> the other parameters of the request."""

    def __init__(self) -> None:
        self.alarms: dict[str, Any] = {}
        self.metrics: list[str] = []

    def put_metric_data(self, *, Namespace, MetricData):  # noqa: N803
        self.metrics += [f"{Namespace}/{datum['MetricName']}" for datum in MetricData]

    def put_metric_alarm(self, *, AlarmName, **request):  # noqa: N803
        self.alarms[AlarmName] = request

    def delete_alarms(self, *, AlarmNames):  # noqa: N803
        for name in AlarmNames:
            self.alarms.pop(name, None)


class Topic:
    """SNS with one topic."""

    def __init__(self) -> None:
        self.messages: list[str] = []

    def publish(self, *, TopicArn, Subject, Message):  # noqa: N803
        assert TopicArn == "topic"
        assert len(Subject) <= 100
        self.messages.append(Message)


def as_mapping(tags: list[dict[str, str]]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tags}
