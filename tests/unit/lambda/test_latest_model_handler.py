"""The function `latest_model`, which finds the latest approved package of a group."""

import boto3
import pytest
from botocore.exceptions import ClientError
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


def package(version):
    return {
        "ModelPackageName": f"{GROUP}/{version}",
        "ModelPackageArn": f"{ARN}{version}",
        "CreationTime": 1_700_000_000 + version,
        "ModelPackageStatus": "Completed",
    }


@pytest.fixture
def module(load_handler):
    return load_handler("latest_model")


@pytest.fixture
def registry(module, monkeypatch):
    """A stub of the SageMaker client with the responses that a test adds."""
    client = Session().create_client(
        "sagemaker", "us-east-1", aws_access_key_id="any", aws_secret_access_key="any"
    )
    monkeypatch.setattr(boto3, "client", lambda service, **_: client)
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def invoke(module):
    return module.handler({"model_package_group": GROUP}, None)


def test_the_approved_version_that_was_registered_last_is_used(module, registry):
    found = {"ModelPackageSummaryList": [package(7), package(3)]}
    registry.add_response("list_model_packages", found, REQUEST)
    assert invoke(module) == {"model_package_arn": f"{ARN}7"}


def test_pages_after_an_empty_page_are_read(module, registry):
    registry.add_response(
        "list_model_packages", {"ModelPackageSummaryList": [], "NextToken": "more"}, REQUEST
    )
    registry.add_response(
        "list_model_packages",
        {"ModelPackageSummaryList": [package(2)]},
        {**REQUEST, "NextToken": "more"},
    )
    assert invoke(module)["model_package_arn"] == f"{ARN}2"


def test_a_group_without_an_approved_version_raises_an_error(module, registry):
    registry.add_response("list_model_packages", {"ModelPackageSummaryList": []}, REQUEST)
    with pytest.raises(module.NoApprovedModel, match=f"{GROUP} has no approved version"):
        invoke(module)


def test_a_step_that_requires_no_model_has_the_status_as_an_output(module, registry):
    found = {"ModelPackageSummaryList": [package(7)]}
    registry.add_response("list_model_packages", found, REQUEST)
    outputs = module.handler({"model_package_group": GROUP, "required": "OFF"}, None)
    assert (outputs["status"], outputs["model_package_arn"]) == ("Found", f"{ARN}7")


def test_without_an_approved_version_a_step_that_requires_none_says_so(module, registry):
    registry.add_response("list_model_packages", {"ModelPackageSummaryList": []}, REQUEST)
    outputs = module.handler({"model_package_group": GROUP, "required": "OFF"}, None)
    assert (outputs["status"], outputs["model_package_arn"]) == ("NoApprovedModel", "none")
    assert f"{GROUP} has no approved version" in outputs["message"]


def test_an_error_of_the_service_is_raised(module, registry):
    registry.add_client_error("list_model_packages", "AccessDeniedException", "no")
    with pytest.raises(ClientError, match="AccessDenied"):
        invoke(module)
