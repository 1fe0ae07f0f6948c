"""The checks of an existing bucket and key, with responses that have and lack what jobs need."""

from __future__ import annotations

import copy
import json

import pytest

from operations.assembly import Assembly
from operations.environment_clients import EnvironmentClients
from operations.preflight.check import Account
from tests.application.existing_warehouse import BUCKET, LAKE_KEY, existing
from tests.unit.operations.preflight.conftest import CHECKS

ACCOUNT, REGION = "123456789012", "us-east-1"
OTHER_KEY = "00000000-89ab-cdef-0123-456789abcdef"


def needs():
    return Assembly.read(existing("cluster").folder, prefix="redline-cluster-", region=REGION)


def policy_of(kind):
    """Return the policy that the owner has, with the statements in another spelling."""
    (wanted,) = [each for each in needs().existing(kind) if "Statements" in each.properties]
    text = json.dumps(wanted.properties["Statements"]).replace("${AWS::AccountId}", ACCOUNT)
    statements = json.loads(text)
    for each in statements:
        each["Sid"] = "Renamed"
        each["Resource"] = [each["Resource"]]
    return {"Version": "2012-10-17", "Statement": statements}


@pytest.fixture
def state():
    return copy.deepcopy(
        {
            "key": "Enabled",
            "key policy": policy_of("AWS::KMS::Key"),
            "region": {},
            "encryption": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": LAKE_KEY},
            "versions": {"Status": "Enabled"},
            "policy": policy_of("AWS::S3::Bucket"),
        }
    )


@pytest.fixture
def findings(account, state):
    """Return a function that runs the check: (subject, status, found, remedy) of each finding."""

    def run():
        metadata = {"KeyId": LAKE_KEY, "KeyState": state["key"]}
        account.answer("kms", "describe_key", {"KeyMetadata": metadata})
        account.answer("kms", "get_key_policy", {"Policy": json.dumps(state["key policy"])})
        for _ in range(2):
            account.answer("sts", "get_caller_identity", {"Account": ACCOUNT})
        account.answer("s3", "get_bucket_location", state["region"])
        if not state["region"]:
            rules = [{"ApplyServerSideEncryptionByDefault": state["encryption"]}]
            configuration = {"ServerSideEncryptionConfiguration": {"Rules": rules}}
            account.answer("s3", "get_bucket_encryption", configuration)
            account.answer("s3", "get_bucket_versioning", state["versions"])
            if state["policy"]:
                account.answer("s3", "get_bucket_policy", {"Policy": json.dumps(state["policy"])})
            else:
                account.refuse("s3", "get_bucket_policy", "NoSuchBucketPolicy")
        aws = EnvironmentClients.of(existing("cluster").environment, account.client)
        return list(CHECKS["existing lake"].findings(Account(aws, needs())))

    return run


def test_a_suitable_bucket_and_key_have_no_failure(findings):
    found = findings()
    assert [each.subject for each in found] == [LAKE_KEY, BUCKET, BUCKET, BUCKET]
    assert {each.status for each in found} == {"ok"}


@pytest.mark.parametrize(
    ("changed", "status", "found", "remedy"),
    [
        ({"key": "Disabled"}, "fails", "its state is Disabled", "enable"),
        ({"key policy": {"Statement": []}}, "fails", "its policy does not let", "logs.us-east-1"),
        (
            {"region": {"LocationConstraint": "EU"}},
            "fails",
            "it is in eu-west-1",
            "a bucket in us-east-1",
        ),
        (
            {"encryption": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": f"a:key/{OTHER_KEY}"}},
            "fails",
            f"the key of its default encryption is {OTHER_KEY}",
            "lake.existing_key_id",
        ),
        ({"encryption": {"SSEAlgorithm": "aws:kms"}}, "fails", "encryption is aws/s3", "lake."),
        ({"encryption": {"SSEAlgorithm": "AES256"}}, "note", "a key of S3", LAKE_KEY),
        ({"versions": {}}, "note", "are lost", "put-bucket-versioning --bucket analytics-lake"),
        ({"policy": None}, "note", "does not protect models", "OnlyTrainingWritesModels"),
    ],
)
def test_what_is_missing_is_named_with_what_to_do(findings, state, changed, status, found, remedy):
    state.update(changed)
    (finding,) = [each for each in findings() if each.status != "ok"]
    assert finding.status == status
    assert found in finding.found
    assert remedy in finding.remedy


def test_only_the_missing_statement_is_printed(findings, state):
    removed = state["policy"]["Statement"].pop()
    (finding,) = [each for each in findings() if each.status != "ok"]
    assert json.loads(finding.remedy.partition(": ")[2])["Action"] == removed["Action"]
    assert ACCOUNT in finding.remedy


def test_a_bucket_and_a_key_that_do_not_exist_are_named(account):
    account.refuse("kms", "describe_key", "NotFoundException")
    account.refuse("s3", "get_bucket_location", "NoSuchBucket")
    aws = EnvironmentClients.of(existing("cluster").environment, account.client)
    found = list(CHECKS["existing lake"].findings(Account(aws, needs())))
    assert [(each.subject, each.status) for each in found] == [
        (LAKE_KEY, "fails"),
        (BUCKET, "fails"),
    ]
