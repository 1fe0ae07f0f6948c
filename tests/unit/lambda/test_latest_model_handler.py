"""The function `latest_model`, which finds the newest usable package of a group."""

import hashlib
import io
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.response import StreamingBody
from botocore.session import Session
from botocore.stub import Stubber

GROUP = "redline-test-tickit"
ARN = f"arn:aws:sagemaker:us-east-1:123456789012:model-package/{GROUP}/"
REQUEST = {
    "ModelPackageGroupName": GROUP,
    "ModelApprovalStatus": "Approved",
    "SortBy": "CreationTime",
    "SortOrder": "Descending",
}
MODEL, KEY = b"the model", "kept/tickit/one/Train/model/job/output/model.tar.gz"
REGISTERED = datetime(2026, 1, 1, tzinfo=UTC)


def package(version):
    return {
        "ModelPackageName": f"{GROUP}/{version}",
        "ModelPackageArn": f"{ARN}{version}",
        "CreationTime": REGISTERED,
        "ModelPackageStatus": "Completed",
    }


def described(version, **properties):
    return {
        **package(version),
        "ModelPackageStatusDetails": {"ValidationStatuses": []},
        "InferenceSpecification": {
            "Containers": [{"Image": "image", "ModelDataUrl": f"s3://lake/{KEY}"}]
        },
        "CustomerMetadataProperties": properties,
    }


DIGEST = {"model_sha256": hashlib.sha256(MODEL).hexdigest()}


@pytest.fixture
def module(load_handler, monkeypatch):
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "latest")
    return load_handler("latest_model")


class Service:
    """A stub of one client with the responses that a test adds."""

    def __init__(self, name):
        options = {"aws_access_key_id": "any", "aws_secret_access_key": "any"}
        self.client = Session().create_client(name, "us-east-1", **options)
        self.stubber = Stubber(self.client)

    def add(self, operation, response, request=None):
        self.stubber.add_response(operation, response, request)


class World:
    """The registry, the lake and the metrics."""

    def __init__(self):
        self.registry, self.s3, self.cloudwatch = map(Service, ("sagemaker", "s3", "cloudwatch"))

    def list(self, *versions):
        found = {"ModelPackageSummaryList": [package(version) for version in versions]}
        self.registry.add("list_model_packages", found, REQUEST)

    def describe(self, version, **properties):
        self.registry.add(
            "describe_model_package",
            described(version, **properties),
            {"ModelPackageName": f"{ARN}{version}"},
        )

    def store(self, content, *, written=REGISTERED):
        answer = {
            "Body": StreamingBody(io.BytesIO(content), len(content)),
            "ContentLength": len(content),
            "LastModified": written,
        }
        self.s3.add("get_object", answer, {"Bucket": "lake", "Key": KEY})


@pytest.fixture
def world(module, monkeypatch):
    world = World()
    services = {"sagemaker": world.registry, "s3": world.s3, "cloudwatch": world.cloudwatch}
    monkeypatch.setattr(boto3, "client", lambda service, **_: services[service].client)
    for service in services.values():
        service.stubber.activate()
    yield world
    for service in services.values():
        service.stubber.assert_no_pending_responses()


def invoke(module):
    return module.handler({"model_package_group": GROUP}, None)


def test_the_approved_version_that_was_registered_last_is_used(module, world):
    world.list(7, 3)
    world.describe(7, **DIGEST)
    world.store(MODEL)
    assert invoke(module) == {"model_package_arn": f"{ARN}7"}


def test_pages_after_an_empty_page_are_read(module, world):
    empty = {"ModelPackageSummaryList": [], "NextToken": "more"}
    world.registry.add("list_model_packages", empty, REQUEST)
    found = {"ModelPackageSummaryList": [package(2)]}
    world.registry.add("list_model_packages", found, {**REQUEST, "NextToken": "more"})
    world.describe(2, **DIGEST)
    world.store(MODEL)
    assert invoke(module)["model_package_arn"] == f"{ARN}2"


def test_a_version_that_the_endpoint_refused_is_skipped(module, world):
    world.list(7, 3)
    world.describe(7, **DIGEST, deployment_refused="its alarm fired")
    world.describe(3, **DIGEST)
    world.store(MODEL)
    assert invoke(module) == {"model_package_arn": f"{ARN}3"}


@pytest.mark.parametrize("required", ["ON", "OFF"])
def test_a_replaced_model_fails_the_step_and_is_counted(module, world, required):
    world.list(7, 3)
    world.describe(7, **DIGEST)
    world.store(b"another model")
    world.cloudwatch.add("put_metric_data", {})
    with pytest.raises(Exception, match="has the SHA-256 .* was evaluated with") as error:
        module.handler({"model_package_group": GROUP, "required": required}, None)
    assert type(error.value).__name__ == "ModelRefused"


def test_a_version_without_a_digest_is_used_if_its_model_is_older(module, world):
    world.list(7)
    world.describe(7)
    world.store(MODEL)
    assert invoke(module)["model_package_arn"] == f"{ARN}7"


def test_a_version_without_a_digest_whose_model_was_replaced_is_refused(module, world):
    world.list(7)
    world.describe(7)
    world.store(MODEL, written=REGISTERED + timedelta(seconds=1))
    world.cloudwatch.add("put_metric_data", {})
    with pytest.raises(Exception, match="registered without a digest"):
        invoke(module)


def test_a_group_without_an_approved_version_raises_an_error(module, world):
    world.list()
    with pytest.raises(module.NoApprovedModel, match=f"{GROUP} has no approved version"):
        invoke(module)


def test_a_step_that_requires_no_model_has_the_status_as_an_output(module, world):
    world.list(7)
    world.describe(7, **DIGEST)
    world.store(MODEL)
    outputs = module.handler({"model_package_group": GROUP, "required": "OFF"}, None)
    assert (outputs["status"], outputs["model_package_arn"]) == ("Found", f"{ARN}7")


def test_without_an_approved_version_a_step_that_requires_none_says_so(module, world):
    world.list()
    outputs = module.handler({"model_package_group": GROUP, "required": "OFF"}, None)
    assert (outputs["status"], outputs["model_package_arn"]) == ("NoApprovedModel", "none")
    assert f"{GROUP} has no approved version" in outputs["message"]


def test_an_error_of_the_service_is_raised(module, world):
    world.registry.stubber.add_client_error("list_model_packages", "AccessDeniedException", "no")
    with pytest.raises(ClientError, match="AccessDenied"):
        invoke(module)
