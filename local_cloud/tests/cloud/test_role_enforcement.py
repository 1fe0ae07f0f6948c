"""Actions that a role does not allow are denied in the format of each service."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

BUCKET = "role-bucket"


@pytest.fixture(scope="module")
def bucket(cloud):
    cloud.client("s3").create_bucket(Bucket=BUCKET)
    cloud.client("s3").put_object(Bucket=BUCKET, Key="in/a b+c.csv", Body=b"1")
    return BUCKET


@pytest.fixture(scope="module")
def reader(cloud, make_role, allow, bucket):
    inside, outside = f"arn:aws:s3:::{bucket}/in/*", f"arn:aws:s3:::{bucket}/out/*"
    documents = [
        allow("s3:GetObject*", resource=inside),
        allow("s3:ListBucket", resource=f"arn:aws:s3:::{bucket}"),
        allow("s3:PutObject*", "s3:DeleteObject*", resource=outside),
    ]
    document = {**documents[0], "Statement": [d["Statement"][0] for d in documents]}
    return cloud.client("s3", make_role("reader", document))


def denied(call, **parameters):
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    return caught.value.response["Error"]


def test_allowed_actions_succeed(reader, bucket):
    assert reader.get_object(Bucket=bucket, Key="in/a b+c.csv")["Body"].read() == b"1"
    assert reader.head_bucket(Bucket=bucket)
    assert reader.list_objects_v2(Bucket=bucket, Prefix="in/")["KeyCount"] == 1
    reader.put_object(Bucket=bucket, Key="out/x", Body=b"2")
    reader.copy_object(Bucket=bucket, Key="out/y", CopySource=f"{bucket}/in/a b+c.csv")
    reader.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "out/x"}, {"Key": "out/y"}]})


def test_other_objects_are_denied(reader, bucket):
    error = denied(reader.put_object, Bucket=bucket, Key="in/x", Body=b"")
    assert error["Code"] == "AccessDenied"
    assert "s3:PutObject on resource: arn:aws:s3:::role-bucket/in/x" in error["Message"]
    denied(reader.get_object, Bucket=bucket, Key="secret")
    denied(reader.copy_object, Bucket=bucket, Key="out/z", CopySource=f"{bucket}/secret")
    answer = reader.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "in/a b+c.csv"}]})
    assert answer["Errors"][0]["Code"] == "AccessDenied"


def test_the_key_of_an_encrypted_bucket_is_needed(cloud, make_role, allow):
    kms, s3 = cloud.client("kms"), cloud.client("s3")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    s3.create_bucket(Bucket="encrypted-bucket")
    rule = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    s3.put_bucket_encryption(
        Bucket="encrypted-bucket",
        ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": rule}]},
    )
    put = {"Bucket": "encrypted-bucket", "Key": "x", "Body": b""}
    without = cloud.client("s3", make_role("without-key", allow("s3:*")))
    assert "kms:GenerateDataKey" in denied(without.put_object, **put)["Message"]
    document = allow("s3:*")
    document["Statement"] += allow("kms:GenerateDataKey*", resource=key)["Statement"]
    cloud.client("s3", make_role("with-key", document)).put_object(**put)


@pytest.mark.parametrize(
    ("service", "operation", "action"),
    [
        ("sagemaker", "list_pipelines", "sagemaker:ListPipelines"),
        ("sqs", "list_queues", "sqs:ListQueues"),
        ("sns", "list_topics", "sns:ListTopics"),
        ("lambda", "list_functions", "lambda:ListFunctions"),
        ("redshift", "describe_clusters", "redshift:DescribeClusters"),
        ("logs", "describe_log_groups", "logs:DescribeLogGroups"),
        ("cloudwatch", "list_metrics", "cloudwatch:ListMetrics"),
        ("ec2", "describe_vpcs", "ec2:DescribeVpcs"),
        ("events", "list_rules", "events:ListRules"),
        ("secretsmanager", "list_secrets", "secretsmanager:ListSecrets"),
        ("kms", "list_keys", "kms:ListKeys"),
        ("iam", "list_roles", "iam:ListRoles"),
    ],
)
def test_each_service_denies_in_its_own_format(cloud, make_role, allow, service, operation, action):
    role = make_role(f"powerless-{service}", allow("none:Nothing"))
    error = denied(getattr(cloud.client(service, role), operation))
    assert error["Code"] in ("AccessDenied", "AccessDeniedException")
    assert f"not authorized to perform: {action}" in error["Message"]


def test_get_caller_identity_is_always_allowed(cloud, make_role, allow):
    role = make_role("anybody", allow("none:Nothing"))
    assert cloud.client("sts", role).get_caller_identity()["Arn"].endswith("/anybody/laptop")


def test_passing_a_role_needs_permission(cloud, make_role, allow):
    document = allow("events:PutRule")
    role, other = make_role("passer", document), make_role("passed", allow("s3:*"))
    rule = {"Name": "r", "ScheduleExpression": "rate(1 day)", "RoleArn": other}
    error = denied(cloud.client("events", role).put_rule, **rule)
    assert f"iam:PassRole on resource: {other}" in error["Message"]


def test_a_deleted_role_can_do_nothing(cloud, make_role, allow):
    s3 = cloud.client("s3", make_role("deleted", allow("s3:*")))
    s3.list_buckets()
    iam = cloud.client("iam")
    iam.delete_role_policy(RoleName="deleted", PolicyName="own")
    iam.delete_role(RoleName="deleted")
    denied(s3.list_buckets)


def test_attached_policies_count(cloud, make_role, allow):
    role = make_role("attached", allow("none:Nothing"))
    arn = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
    cloud.client("iam").attach_role_policy(RoleName="attached", PolicyArn=arn)
    assert cloud.client("s3", role).list_buckets()["Buckets"] is not None
