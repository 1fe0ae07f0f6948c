"""SimulatePrincipalPolicy, which the SageMaker SDK calls before it creates a pipeline."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from local_cloud.tests.sagemaker.conftest import TRUST, cloud

__all__ = ["cloud"]

ALLOW = {"Effect": "Allow", "Action": "sagemaker:Create*", "Resource": "*"}
DENY = {"Effect": "Deny", "Action": "sagemaker:CreateModel", "Resource": "*"}
ON_A_BUCKET = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::lake/*"}


@pytest.fixture
def role(cloud):
    """The ARN of a role with three statements."""
    iam, name = cloud.client("iam"), f"role-{uuid4().hex[:8]}"
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))
    policy = {"Version": "2012-10-17", "Statement": [ALLOW, DENY, ON_A_BUCKET]}
    iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=json.dumps(policy))
    return made["Role"]["Arn"]


@pytest.mark.parametrize(
    ("action", "resource", "decision"),
    [
        ("sagemaker:CreateTrainingJob", None, "allowed"),
        ("sagemaker:CreateModel", None, "explicitDeny"),
        ("sagemaker:DeleteModel", None, "implicitDeny"),
        # Without ResourceArns, all resources are simulated. The statement allows one bucket only.
        ("s3:GetObject", None, "implicitDeny"),
        ("s3:GetObject", "arn:aws:s3:::lake/a", "allowed"),
        ("s3:GetObject", "arn:aws:s3:::other/a", "implicitDeny"),
    ],
)
def test_a_decision_follows_the_policies_of_the_role(cloud, role, action, resource, decision):
    more = {"ResourceArns": [resource]} if resource else {}
    answer = cloud.client("iam").simulate_principal_policy(
        PolicySourceArn=role, ActionNames=[action], **more
    )
    (result,) = answer["EvaluationResults"]
    shown = (result["EvalActionName"], result["EvalResourceName"], result["EvalDecision"])
    assert shown == (action, resource or "*", decision)
    assert answer["IsTruncated"] is False


def test_a_permissions_boundary_limits_the_role(cloud, role):
    iam = cloud.client("iam")
    boundary = iam.create_policy(
        PolicyName=f"boundary-{uuid4().hex[:8]}",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [ON_A_BUCKET]}),
    )["Policy"]["Arn"]
    iam.put_role_permissions_boundary(
        RoleName=role.rpartition("/")[2], PermissionsBoundary=boundary
    )
    answer = iam.simulate_principal_policy(
        PolicySourceArn=role, ActionNames=["sagemaker:CreateTrainingJob"]
    )
    assert answer["EvaluationResults"][0]["EvalDecision"] == "implicitDeny"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"PolicySourceArn": "arn:aws:iam::123456789012:role/lost"}, "NoSuchEntity"),
        ({"PolicySourceArn": "arn:aws:iam::123456789012:user/a"}, "InvalidAction"),
        ({"PolicySourceArn": "arn:aws:s3:::not-an-entity"}, "InvalidInput"),
        ({"ResourceOwner": "arn:aws:iam::123456789012:root"}, "InvalidAction"),
    ],
)
def test_what_is_not_simulated_is_refused(cloud, role, change, code):
    request = {"PolicySourceArn": role, "ActionNames": ["s3:GetObject"]} | change
    with pytest.raises(ClientError) as caught:
        cloud.client("iam").simulate_principal_policy(**request)
    assert caught.value.response["Error"]["Code"] == code
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] in (400, 404)
