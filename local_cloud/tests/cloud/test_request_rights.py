"""Permissions beyond the action: conditions, resource policies, passed roles, tags, keys."""

from __future__ import annotations

import json
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from botocore.exceptions import ClientError

from local_cloud.authorization.authorization_request import AuthorizationRequest
from local_cloud.authorization.call_record import CALL_RECORD
from local_cloud.authorization.context_keys import request_keys
from local_cloud.authorization.policy_conditions import holds

ACCOUNT = "123456789012"
BUCKET = "rights-bucket"


@pytest.fixture(scope="module")
def bucket(cloud):
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket=BUCKET, Key="in/a", Body=b"1")
    return BUCKET


def document(*statements):
    return {"Version": "2012-10-17", "Statement": list(statements)}


def statement(*actions, resource="*", **more):
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource, **more}


def refusal(call, **parameters):
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    return caught.value.response["Error"]["Message"]


def test_a_list_is_limited_to_prefixes(cloud, make_role, bucket):
    like = {"StringLike": {"s3:prefix": "in/*"}}
    role = make_role("lister", document(statement("s3:ListBucket", Condition=like)))
    s3 = cloud.client("s3", role)
    assert s3.list_objects_v2(Bucket=bucket, Prefix="in/")["KeyCount"] == 1
    assert "s3:ListBucket" in refusal(s3.list_objects_v2, Bucket=bucket, Prefix="out/")
    refusal(s3.list_objects_v2, Bucket=bucket)


def test_a_policy_may_require_conditional_writes(cloud, make_role, bucket):
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html"""
    new = {"Null": {"s3:if-none-match": "false"}}
    role = make_role("conditional", document(statement("s3:PutObject", Condition=new)))
    s3 = cloud.client("s3", role)
    written = {"Bucket": bucket, "Key": "once", "Body": b"1"}
    assert "s3:PutObject" in refusal(s3.put_object, **written)
    s3.put_object(**written, IfNoneMatch="*")
    assert "pre-conditions" in refusal(s3.put_object, **written, IfNoneMatch="*")


def test_a_policy_may_require_an_expected_version(cloud, make_role, bucket):
    expected = {"Null": {"s3:if-match": "false"}}
    role = make_role("expecting", document(statement("s3:PutObject", Condition=expected)))
    s3 = cloud.client("s3", role)
    written = {"Bucket": bucket, "Key": "expected", "Body": b"1"}
    tag = cloud.client("s3").put_object(**written)["ETag"]
    assert "s3:PutObject" in refusal(s3.put_object, **written)
    s3.put_object(**written, IfMatch=tag)


def test_deleting_a_version_is_a_separate_permission(cloud, make_role, bucket):
    deleter = make_role("deleter", document(statement("s3:DeleteObject")))
    s3 = cloud.client("s3", deleter)
    version = cloud.client("s3").put_object(Bucket=bucket, Key="v", Body=b"")["VersionId"]
    named = {"Objects": [{"Key": "v", "VersionId": version}]}
    assert s3.delete_objects(Bucket=bucket, Delete=named)["Errors"]
    assert "Errors" not in s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "v"}]})
    assert "s3:DeleteObjectVersion" in refusal(
        s3.delete_object, Bucket=bucket, Key="v", VersionId=version
    )


def test_a_bucket_policy_allows_and_denies(cloud, make_role, bucket):
    reader = make_role("by-policy", document(statement("sqs:ListQueues")))
    all_objects = f"arn:aws:s3:::{bucket}/in/*"
    given = statement("s3:GetObject", resource=all_objects, Principal={"AWS": reader})
    put = cloud.client("s3").put_bucket_policy
    put(Bucket=bucket, Policy=json.dumps(document(given)))
    s3 = cloud.client("s3", reader)
    assert s3.get_object(Bucket=bucket, Key="in/a")["Body"].read() == b"1"
    insecure = {"Bool": {"aws:SecureTransport": "false"}}
    taken = {**given, "Effect": "Deny", "Principal": "*"}
    put(Bucket=bucket, Policy=json.dumps(document(given, {**taken, "Condition": insecure})))
    s3.get_object(Bucket=bucket, Key="in/a")
    put(Bucket=bucket, Policy=json.dumps(document(given, taken)))
    assert "with an explicit deny" in refusal(s3.get_object, Bucket=bucket, Key="in/a")
    cloud.client("s3").delete_bucket_policy(Bucket=bucket)


def test_unsigned_requests_reach_only_public_objects(cloud, bucket):
    url = f"{cloud.endpoint}/{bucket}/in/a"
    with pytest.raises(HTTPError) as caught:
        urlopen(url)
    assert caught.value.code == 403
    caught.value.close()
    public = statement("s3:GetObject", resource=f"arn:aws:s3:::{bucket}/*", Principal="*")
    cloud.client("s3").put_bucket_policy(Bucket=bucket, Policy=json.dumps(document(public)))
    with urlopen(url) as answer:
        assert answer.read() == b"1"
    cloud.client("s3").delete_bucket_policy(Bucket=bucket)


def test_a_presigned_url_has_the_permissions_of_its_signer(cloud, make_role, bucket):
    reader = make_role("presigner", document(statement("s3:GetObject", resource="arn:aws:s3:::x")))
    parameters = {"Bucket": bucket, "Key": "in/a"}
    url = cloud.client("s3", reader).generate_presigned_url("get_object", Params=parameters)
    with pytest.raises(HTTPError) as caught:
        urlopen(url)
    assert caught.value.code == 403
    caught.value.close()
    url = cloud.client("s3").generate_presigned_url("get_object", Params=parameters)
    with urlopen(url) as answer:
        assert answer.read() == b"1"


@pytest.mark.parametrize(
    ("service", "works"), [("sagemaker.amazonaws.com", True), ("lambda.amazonaws.com", False)]
)
def test_a_role_is_passed_to_one_service(cloud, make_role, service, works):
    name = service.partition(".")[0]
    passed = make_role(f"passed-{name}", document(statement("s3:*")), "sagemaker.amazonaws.com")
    to = {"StringEquals": {"iam:PassedToService": service}}
    passing = statement("iam:PassRole", resource=passed, Condition=to)
    role = make_role(f"passes-{name}", document(statement("sagemaker:*"), passing))
    container = {"Image": "1.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1"}
    make = {"ModelName": f"m-{name}", "PrimaryContainer": container, "ExecutionRoleArn": passed}
    create = cloud.client("sagemaker", role).create_model
    if works:
        create(**make)
    else:
        assert f"iam:PassRole on resource: {passed}" in refusal(create, **make)


def test_targets_of_rules_are_passed_roles(cloud, make_role):
    passed = make_role("target-role", document(statement("s3:*")), "events.amazonaws.com")
    events = cloud.client("events", make_role("rules", document(statement("events:*"))))
    events.put_rule(Name="r", ScheduleExpression="rate(1 day)")
    targets = [{"Id": "1", "Arn": "arn:aws:sagemaker:us-east-1:1:pipeline/p", "RoleArn": passed}]
    assert "iam:PassRole" in refusal(events.put_targets, Rule="r", Targets=targets)


def test_tags_on_creation_are_a_separate_permission(cloud, make_role):
    passed = make_role("tagged-role", document(statement("s3:*")), "sagemaker.amazonaws.com")
    rights = statement("sagemaker:CreateModel", "iam:PassRole")
    wanted = {"StringEquals": {"aws:RequestTag/Stage": "test"}}
    tagging = statement("sagemaker:AddTags", Condition=wanted)
    sagemaker = cloud.client("sagemaker", make_role("tagger", document(rights, tagging)))
    container = {"Image": "1.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1"}
    make = {"ModelName": "t", "PrimaryContainer": container, "ExecutionRoleArn": passed}
    tags = [{"Key": "Stage", "Value": "prod"}]
    assert "sagemaker:AddTags" in refusal(sagemaker.create_model, **make, Tags=tags)
    sagemaker.create_model(**make, Tags=[{"Key": "Stage", "Value": "test"}])


def test_a_key_policy_must_allow_its_users(cloud, make_role):
    kms = cloud.client("kms")
    user = make_role("key-user", document(statement("kms:*")))
    key = kms.create_key()["KeyMetadata"]
    cloud.client("kms", user).describe_key(KeyId=key["Arn"])
    admin_only = statement("kms:*", Principal={"AWS": "arn:aws:iam::210987654321:root"})
    kms.put_key_policy(
        KeyId=key["KeyId"], PolicyName="default", Policy=json.dumps(document(admin_only))
    )
    refused = refusal(cloud.client("kms", user).describe_key, KeyId=key["Arn"])
    assert "no resource-based policy allows the action" in refused


def test_a_boundary_limits_a_role(cloud, make_role):
    iam = cloud.client("iam")
    role = make_role("bounded", document(statement("sqs:*", "sns:*")))
    boundary = iam.create_policy(
        PolicyName="boundary", PolicyDocument=json.dumps(document(statement("sqs:*")))
    )
    arn = boundary["Policy"]["Arn"]
    iam.put_role_permissions_boundary(RoleName="bounded", PermissionsBoundary=arn)
    cloud.client("sqs", role).list_queues()
    refused = refusal(cloud.client("sns", role).list_topics)
    assert "not authorized to perform: sns:ListTopics" in refused


def test_a_role_assumes_another_that_trusts_it(cloud, make_role):
    other = make_role("other", document(statement("s3:*")))
    role = make_role("changer", document(statement("sts:AssumeRole", resource=other)))
    take_on = {"RoleArn": other, "RoleSessionName": "test"}
    sts = cloud.client("sts", role)
    assert "sts:AssumeRole" in refusal(sts.assume_role, **take_on)
    trusting = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": role}}
    cloud.client("iam").update_assume_role_policy(
        RoleName="other", PolicyDocument=json.dumps(document(trusting))
    )
    assert sts.assume_role(**take_on)["Credentials"]


def test_calls_are_recorded_with_their_statements(cloud, make_role):
    CALL_RECORD.clear()
    role = make_role("recorded", document(statement("sqs:List*")))
    cloud.client("sqs", role).list_queues()
    cloud.client("sqs", role).list_queues()
    refusal(cloud.client("sqs", role).create_queue, QueueName="q")
    done, denied = (call for call in CALL_RECORD.documents() if call["role"] == role)
    assert (done["action"], done["allowed"], done["count"]) == ("sqs:ListQueues", True, 2)
    assert done["uses"] == [{"statement": "own[0]", "action": "sqs:List*", "resource": "*"}]
    assert (denied["action"], denied["allowed"]) == ("sqs:CreateQueue", False)


@pytest.mark.parametrize(
    ("change", "allowed"),
    [
        ({"CustomerMetadataProperties": {"note": "checked"}}, True),
        ({"CustomerMetadataPropertiesToRemove": ["note"]}, True),
        ({"CustomerMetadataPropertiesToRemove": ["note", "digest"]}, False),
        ({"CustomerMetadataProperties": {"Digest": "0"}}, False),
        ({"ModelApprovalStatus": "Approved"}, False),
    ],
)
def test_the_members_of_a_package_update_are_condition_keys(change, allowed):
    """https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html"""
    condition = {
        "Null": {
            "sagemaker:ModelApprovalStatus": "true",
            "sagemaker:CustomerMetadataProperties/digest": "true",
        },
        "ForAllValues:StringEquals": {"sagemaker:CustomerMetadataPropertiesToRemove": ["note"]},
    }
    request = AuthorizationRequest("sagemaker:UpdateModelPackage", "us-east-1", ACCOUNT, change.get)
    assert holds(condition, request_keys(request)) == allowed
