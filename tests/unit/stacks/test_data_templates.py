"""The lake in the template."""

import pytest

from tests.application.synthesised import synthesised
from tests.synthesis import statements


def bucket(environment, name):
    (found,) = [
        resource
        for logical, resource in environment.resources("data", "AWS::S3::Bucket").items()
        if logical.startswith(name)
    ]
    return found


def test_the_key_rotates(environment):
    assert environment.the("data", "AWS::KMS::Key")["EnableKeyRotation"] is True


def test_the_lake_is_encrypted_with_the_key_and_keeps_versions(environment):
    lake = bucket(environment, "Lake")["Properties"]
    (rule,) = lake["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    assert "DataKey" in str(rule["ServerSideEncryptionByDefault"]["KMSMasterKeyID"])
    assert rule["BucketKeyEnabled"] is True
    assert lake["VersioningConfiguration"] == {"Status": "Enabled"}
    assert lake["LoggingConfiguration"]["LogFilePrefix"] == "lake/"


def test_what_runs_leave_behind_expires_and_incoming_files_do_not(environment):
    rules = bucket(environment, "Lake")["Properties"]["LifecycleConfiguration"]["Rules"]
    by_id = {rule["Id"]: rule for rule in rules}
    assert by_id["ExpireUnloads"]["Prefix"] == "unload/"
    assert by_id["ExpireExtracted"]["Prefix"] == "extracted/"
    assert by_id["ExpireExtracted"]["ExpirationInDays"] == 365
    assert by_id["ExpireRuns"]["Prefix"] == "runs/"
    assert by_id["ExpireCaptured"]["Prefix"] == "captured/"
    assert by_id["ExpireOldVersions"]["NoncurrentVersionExpiration"]["NoncurrentDays"] == 30
    kept = [rule for rule in rules if rule.get("Prefix", "").startswith("kept/")]
    # Without the tag, nothing of it expires.
    assert [rule["TagFilters"] for rule in kept] == [[{"Key": "Unused", "Value": "true"}]]
    assert not any("ExpirationInDays" in rule for rule in rules if "Prefix" not in rule)


@pytest.mark.parametrize("name", ["Lake", "AccessLogs"])
def test_buckets_are_private_and_take_tls_only(environment, name):
    access = bucket(environment, name)["Properties"]["PublicAccessBlockConfiguration"]
    assert set(access.values()) == {True}
    policies = [
        policy
        for policy in environment.resources("data", "AWS::S3::BucketPolicy").values()
        if name in str(policy["Properties"]["Bucket"])
    ]
    denied = [
        each for policy in policies for each in statements(policy) if each["Effect"] == "Deny"
    ]
    plain, foreign = (each["Condition"] for each in denied[:2])
    assert plain == {"Bool": {"aws:SecureTransport": "false"}}
    account = {"aws:PrincipalAccount": {"Ref": "AWS::AccountId"}}
    assert foreign["StringNotEquals"] == account


def test_no_role_of_the_environment_accepts_data(environment):
    policies = environment.resources("data", "AWS::S3::BucketPolicy").values()
    (denied,) = [
        each
        for policy in policies
        for each in statements(policy)
        if "accepted-data/*" in str(each["Resource"])
    ]
    assert (denied["Effect"], denied["Principal"]) == ("Deny", {"AWS": "*"})
    assert f"role/redline-{environment.environment.name}-*" in str(denied["Condition"])


@pytest.mark.parametrize(
    ("name", "deletion", "replacement", "cluster"),
    [
        ("basic", "Delete", "Delete", "Delete"),
        ("retained", "RetainExceptOnCreate", "Retain", "Snapshot"),
    ],
)
def test_data_stays_where_the_environment_says_so(name, deletion, replacement, cluster):
    stack = synthesised(name)
    stateful = [
        *stack.resources("data", "AWS::S3::Bucket").values(),
        *stack.resources("data", "AWS::KMS::Key").values(),
        *stack.resources("demand", "AWS::SageMaker::ModelPackageGroup").values(),
    ]
    assert {resource["DeletionPolicy"] for resource in stateful} == {deletion}
    assert {resource["UpdateReplacePolicy"] for resource in stateful} == {replacement}
    (warehouse,) = stack.resources("warehouse", "AWS::Redshift::Cluster").values()
    assert warehouse["DeletionPolicy"] == warehouse["UpdateReplacePolicy"] == cluster


def test_nothing_can_empty_a_bucket_that_is_retained(retained):
    assert not retained.resources("data", "Custom::EmptyBucket")
    assert not retained.resources("data", "AWS::Lambda::Function")


def test_buckets_are_emptied_after_their_policies_and_the_logs_last(basic):
    emptied = basic.resources("data", "Custom::EmptyBucket")
    assert len(emptied) == 2
    (logs,) = [name for name in emptied if "AccessLogs" in name]
    # CloudFormation deletes in the reverse order of these dependencies.
    assert logs in bucket(basic, "Lake")["DependsOn"]
    policies = basic.resources("data", "AWS::S3::BucketPolicy").values()
    assert {name for policy in policies for name in policy["DependsOn"]} >= set(emptied)
