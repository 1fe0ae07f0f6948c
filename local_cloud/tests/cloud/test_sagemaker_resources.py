"""Each operation of SageMaker is authorized on its resources, and on the roles that it passes.

Source: Service Authorization Reference, "Actions, resources, and condition keys for SageMaker AI".
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html
"""

from __future__ import annotations

import botocore.session
import pytest
from botocore.exceptions import ClientError

from local_cloud.api_gate.supported_operations import supported_operations
from local_cloud.authorization.authorization_request import AuthorizationRequest
from local_cloud.authorization.pass_role import passed_roles
from local_cloud.authorization.resource_arns import (
    has_no_resource,
    resources_of,
)

ACCOUNT, REGION = "123456789012", "us-east-1"
MODEL = botocore.session.get_session().get_service_model("sagemaker")
OPERATIONS = sorted(supported_operations("sagemaker"))
# Its role is rejected: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StartPipelineExecution.html
WITHOUT_ROLE = ("StartPipelineExecution",)


def request(operation, parameters):
    return AuthorizationRequest(f"sagemaker:{operation}", REGION, ACCOUNT, parameters.get)


class AnyName(dict):
    """Parameters that all have the same value."""

    def get(self, name):
        return "name" if name not in ("Containers", "PrimaryContainer") else None


# The token of a callback identifies its execution.
@pytest.mark.parametrize(
    "operation", [each for each in OPERATIONS if not each.startswith("SendPipelineExecutionStep")]
)
def test_every_operation_has_resources(operation):
    found = resources_of(request(operation, AnyName()))
    assert None not in found
    assert found != ["*"] or has_no_resource(f"sagemaker:{operation}") or operation[:4] == "List"


@pytest.mark.parametrize(
    "operation", [each for each in OPERATIONS if each in MODEL.operation_names]
)
def test_every_role_of_a_request_is_passed(operation):
    shape = MODEL.operation_model(operation).input_shape
    names = [name for name in (shape.members if shape else ()) if name.endswith("RoleArn")]
    role = f"arn:aws:iam::{ACCOUNT}:role/passed"
    passed = passed_roles(request(operation, dict.fromkeys(names, role)))
    expected = [] if operation in WITHOUT_ROLE else [role] * len(names)
    assert [arn for arn, _ in passed] == expected


def test_a_role_may_approve_only_the_packages_of_its_policy(cloud, make_role):
    group = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:model-package/mine/*"
    allow = {"Effect": "Allow", "Action": "sagemaker:UpdateModelPackage", "Resource": group}
    role = make_role("approver-of-one", {"Version": "2012-10-17", "Statement": [allow]})
    with pytest.raises(ClientError, match="not authorized to perform: sagemaker:UpdateModelPack"):
        cloud.client("sagemaker", role).update_model_package(
            ModelPackageArn=f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:model-package/other/1",
            ModelApprovalStatus="Approved",
        )
