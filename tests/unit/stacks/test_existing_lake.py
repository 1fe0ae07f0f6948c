"""An environment whose bucket and key exist before the environment."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stacks.config import ConfigurationError, Lake
from tests.application.environments import BASIC, FIXED
from tests.application.existing_warehouse import BUCKET, LAKE_KEY, existing
from tests.synthesis import joined, statements, synthesise


@pytest.fixture(scope="module")
def environment():
    return existing("cluster")


def listed(environment):
    found = environment.templates["data"]["Metadata"]["ExistingResources"]
    return {each["Type"]: each for each in found}


def test_no_template_contains_the_bucket_or_the_key(environment):
    assert not environment.resources("data", "AWS::KMS::Key")
    assert not environment.resources("data", "AWS::KMS::Alias")
    buckets = environment.resources("data", "AWS::S3::Bucket")
    assert all(name.startswith("AccessLogs") for name in buckets)
    policies = environment.resources("data", "AWS::S3::BucketPolicy").values()
    assert all("AccessLogs" in str(each["Properties"]["Bucket"]) for each in policies)


def test_only_own_buckets_are_emptied(environment):
    emptied = environment.resources("data", "Custom::EmptyBucket").values()
    assert [BUCKET in str(each["Properties"]) for each in emptied] == [False]


def test_everything_is_encrypted_with_the_key_and_stored_in_the_bucket(environment):
    outputs = environment.templates["data"]["Outputs"]
    assert outputs["LakeBucketName"]["Value"] == BUCKET
    assert joined(outputs["DataKeyArn"]["Value"]).endswith(f":key/{LAKE_KEY}")
    groups = [each for _, each in environment.everything() if "LogGroup" in each["Type"]]
    assert groups
    for each in groups:
        assert joined(each["Properties"]["KmsKeyId"]).endswith(f":key/{LAKE_KEY}")


def test_roles_may_use_the_bucket_as_if_it_was_their_own(environment):
    """The same statements as with an own bucket, with other names."""
    own = synthesise(replace(environment.environment, lake=Lake()), **FIXED)
    assert permissions(environment) == permissions(own)


def permissions(environment):
    """Return the actions of each statement of the pipeline's roles, by the name of the policy."""
    found = environment.resources("demand", "AWS::IAM::Policy").items()
    return {
        name: [(each["Effect"], each["Action"]) for each in statements(policy)]
        for name, policy in found
    }


def test_the_statements_for_the_owner_are_listed_without_functions(environment):
    bucket = listed(environment)["AWS::S3::Bucket"]
    assert bucket["Id"] == BUCKET
    assert bucket["Properties"]["KmsKeyId"] == LAKE_KEY
    sids = [each["Sid"] for each in bucket["Properties"]["Statements"]]
    assert sids == [
        "OnlyTrainingWritesModels",
        "OnlyExpiryTagsKeptFiles",
        "NoRoleDeletesModels",
        "NoRoleOverwritesPromotedFiles",
        "AcceptanceByPeople",
    ]
    key = listed(environment)["AWS::KMS::Key"]
    assert key["Id"] == LAKE_KEY
    assert [each.get("Sid") for each in key["Properties"]["Statements"]] == [
        None,
        "RulesForAlerts",
        "AlarmsForAlerts",
        "LogGroups",
    ]
    assert "Fn::" not in str(listed(environment))
    assert f"arn:aws:s3:::{BUCKET}/kept/*/model/*" in str(bucket)
    assert "arn:aws:iam::${AWS::AccountId}:role/redline-cluster-*" in str(bucket)


def test_a_key_without_a_bucket_encrypts_the_bucket_of_the_app():
    environment = synthesise(replace(BASIC, lake=Lake(existing_key_id=LAKE_KEY)), **FIXED)
    lake = next(
        each["Properties"]
        for name, each in environment.resources("data", "AWS::S3::Bucket").items()
        if name.startswith("Lake")
    )
    (rule,) = lake["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    key = rule["ServerSideEncryptionByDefault"]["KMSMasterKeyID"]
    assert joined(key).endswith(f":key/{LAKE_KEY}")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"existing_bucket": "Lake"}, "lake.existing_bucket is 'Lake': allowed is 3 to 63"),
        ({"existing_bucket": BUCKET}, "lake.existing_key_id is '': .* default encryption"),
        ({"existing_key_id": "alias/data"}, "lake.existing_key_id is 'alias/data'.* follows key/"),
    ],
)
def test_invalid_names_are_refused(given, message):
    with pytest.raises(ConfigurationError, match=message):
        Lake(**given)
