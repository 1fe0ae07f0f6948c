"""The function that finds the model to predict with."""

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.session import Session
from botocore.stub import Stubber

GROUP = "redline-test-tickit"
ARN = f"arn:aws:sagemaker:us-east-1:123456789012:model-package/{GROUP}/"
ASKED = {
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
    """SageMaker, which answers what a test adds."""
    client = Session().create_client(
        "sagemaker", "us-east-1", aws_access_key_id="any", aws_secret_access_key="any"
    )
    monkeypatch.setattr(boto3, "client", lambda service, **_: client)
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def answer(module):
    return module.handler({"model_package_group": GROUP}, None)


def test_the_approved_version_that_was_registered_last_is_used(module, registry):
    found = {"ModelPackageSummaryList": [package(7), package(3)]}
    registry.add_response("list_model_packages", found, ASKED)
    assert answer(module) == {"model_package_arn": f"{ARN}7"}


def test_an_empty_page_is_not_the_end(module, registry):
    registry.add_response(
        "list_model_packages", {"ModelPackageSummaryList": [], "NextToken": "more"}, ASKED
    )
    registry.add_response(
        "list_model_packages",
        {"ModelPackageSummaryList": [package(2)]},
        {**ASKED, "NextToken": "more"},
    )
    assert answer(module) == {"model_package_arn": f"{ARN}2"}


def test_none_approved_is_said_with_what_to_do(module, registry):
    registry.add_response("list_model_packages", {"ModelPackageSummaryList": []}, ASKED)
    with pytest.raises(module.NoApprovedModel, match=f"no model of the group {GROUP} is approved"):
        answer(module)


def test_a_refusal_of_the_service_is_the_step_s(module, registry):
    registry.add_client_error("list_model_packages", "AccessDeniedException", "no")
    with pytest.raises(ClientError, match="AccessDenied"):
        answer(module)
