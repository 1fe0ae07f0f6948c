"""Roles and policies."""

from __future__ import annotations

import json

import pytest

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}],
}
TAGS = [{"Key": "team", "Value": "a"}]


def role(aws):
    iam = aws.client("iam")
    iam.create_role(RoleName="life", AssumeRolePolicyDocument=json.dumps(TRUST))
    iam.update_role(RoleName="life", Description="new", MaxSessionDuration=7200)
    other = json.loads(json.dumps(TRUST).replace("lambda", "sagemaker"))
    iam.update_assume_role_policy(RoleName="life", PolicyDocument=json.dumps(other))
    found = iam.get_role(RoleName="life")["Role"]
    assert (found["Description"], found["MaxSessionDuration"]) == ("new", 7200)
    assert found["AssumeRolePolicyDocument"] == other
    assert "life" in [each["RoleName"] for each in iam.list_roles()["Roles"]]
    details = iam.get_account_authorization_details(Filter=["Role"])["RoleDetailList"]
    assert "life" in [each["RoleName"] for each in details]
    boundary = iam.create_policy(PolicyName="edge", PolicyDocument=json.dumps(POLICY))["Policy"]
    iam.put_role_permissions_boundary(RoleName="life", PermissionsBoundary=boundary["Arn"])
    assert "PermissionsBoundary" in iam.get_role(RoleName="life")["Role"]
    iam.delete_role_permissions_boundary(RoleName="life")
    assert "PermissionsBoundary" not in iam.get_role(RoleName="life")["Role"]
    iam.tag_role(RoleName="life", Tags=TAGS)
    assert iam.list_role_tags(RoleName="life")["Tags"] == TAGS
    iam.untag_role(RoleName="life", TagKeys=["team"])
    assert iam.list_role_tags(RoleName="life")["Tags"] == []
    iam.delete_policy(PolicyArn=boundary["Arn"])
    iam.delete_role(RoleName="life")
    with pytest.raises(iam.exceptions.NoSuchEntityException):
        iam.get_role(RoleName="life")


def instance_profile(aws):
    iam = aws.client("iam")
    iam.create_role(RoleName="life", AssumeRolePolicyDocument=json.dumps(TRUST))
    profile = {"InstanceProfileName": "life"}
    iam.create_instance_profile(**profile)
    iam.add_role_to_instance_profile(**profile, RoleName="life")
    (held,) = iam.get_instance_profile(**profile)["InstanceProfile"]["Roles"]
    assert held["RoleName"] == "life"
    listed = iam.list_instance_profiles()["InstanceProfiles"]
    assert "life" in [each["InstanceProfileName"] for each in listed]
    iam.remove_role_from_instance_profile(**profile, RoleName="life")
    assert iam.get_instance_profile(**profile)["InstanceProfile"]["Roles"] == []
    iam.delete_instance_profile(**profile)
    with pytest.raises(iam.exceptions.NoSuchEntityException):
        iam.get_instance_profile(**profile)
    iam.delete_role(RoleName="life")


def inline_policy(aws):
    iam = aws.client("iam")
    iam.create_role(RoleName="life", AssumeRolePolicyDocument=json.dumps(TRUST))
    policy = {"RoleName": "life", "PolicyName": "own"}
    iam.put_role_policy(**policy, PolicyDocument=json.dumps(POLICY))
    assert iam.get_role_policy(**policy)["PolicyDocument"] == POLICY
    assert iam.list_role_policies(RoleName="life")["PolicyNames"] == ["own"]
    iam.delete_role_policy(**policy)
    assert iam.list_role_policies(RoleName="life")["PolicyNames"] == []
    iam.delete_role(RoleName="life")


def managed_policy(aws):
    iam = aws.client("iam")
    iam.create_role(RoleName="life", AssumeRolePolicyDocument=json.dumps(TRUST))
    arn = iam.create_policy(PolicyName="life", PolicyDocument=json.dumps(POLICY))["Policy"]["Arn"]
    assert arn in [each["Arn"] for each in iam.list_policies(Scope="Local")["Policies"]]
    other = json.loads(json.dumps(POLICY).replace("Get", "Put"))
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(other), SetAsDefault=True)
    assert iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"] == "v2"
    version = iam.get_policy_version(PolicyArn=arn, VersionId="v2")["PolicyVersion"]
    assert version["Document"] == other
    iam.delete_policy_version(PolicyArn=arn, VersionId="v1")
    versions = iam.list_policy_versions(PolicyArn=arn)["Versions"]
    assert [each["VersionId"] for each in versions] == ["v2"]
    iam.attach_role_policy(RoleName="life", PolicyArn=arn)
    attached = iam.list_attached_role_policies(RoleName="life")["AttachedPolicies"]
    assert [each["PolicyArn"] for each in attached] == [arn]
    iam.detach_role_policy(RoleName="life", PolicyArn=arn)
    assert iam.list_attached_role_policies(RoleName="life")["AttachedPolicies"] == []
    iam.tag_policy(PolicyArn=arn, Tags=TAGS)
    assert iam.list_policy_tags(PolicyArn=arn)["Tags"] == TAGS
    iam.untag_policy(PolicyArn=arn, TagKeys=["team"])
    assert iam.list_policy_tags(PolicyArn=arn)["Tags"] == []
    iam.delete_policy(PolicyArn=arn)
    iam.delete_role(RoleName="life")
    with pytest.raises(iam.exceptions.NoSuchEntityException):
        iam.get_policy(PolicyArn=arn)
