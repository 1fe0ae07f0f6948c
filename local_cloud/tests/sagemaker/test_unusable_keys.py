"""KMS keys that are disabled or pending deletion: S3 and jobs fail, and no data is lost."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError


@pytest.fixture
def kms(cloud):
    return cloud.client("kms")


@pytest.fixture
def key(kms):
    return kms.create_key()["KeyMetadata"]["Arn"]


def name_of(key):
    """Return the key's id, because moto's methods do not accept an ARN."""
    return key.rpartition("/")[2]


def disable(kms, key):
    kms.disable_key(KeyId=name_of(key))


def schedule(kms, key):
    kms.schedule_key_deletion(KeyId=name_of(key), PendingWindowInDays=7)


STATES = [
    (disable, "KMS.DisabledException", "is disabled."),
    (schedule, "KMS.KMSInvalidStateException", "is pending deletion."),
]


def encrypted(workshop, key, name="secret"):
    encryption = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key}
    workshop.s3.put_object(Bucket=workshop.bucket, Key=name, Body=b"x", **encryption)


@pytest.mark.parametrize(("change", "code", "message"), STATES)
def test_objects_are_unavailable_until_the_key_is_usable(workshop, kms, key, change, code, message):
    encrypted(workshop, key)
    change(kms, key)
    source = {"Bucket": workshop.bucket, "Key": "secret"}
    for attempt in (
        lambda: workshop.text("secret"),
        lambda: encrypted(workshop, key, "another"),
        lambda: workshop.s3.copy_object(Bucket=workshop.bucket, Key="copy", CopySource=source),
    ):
        with pytest.raises(ClientError) as raised:
            attempt()
        assert raised.value.response["Error"]["Code"] == code
        assert raised.value.response["Error"]["Message"] == f"{key} {message}"
        assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    workshop.put("plain", "no key is needed")
    if change is schedule:
        kms.cancel_key_deletion(KeyId=name_of(key))
    kms.enable_key(KeyId=name_of(key))
    assert workshop.text("secret") == "x"
    assert workshop.keys() == ["plain", "secret"]


def test_a_key_can_be_given_by_its_alias(workshop, kms, key):
    alias = f"alias/{name_of(key)}"
    kms.create_alias(AliasName=alias, TargetKeyId=key)
    disable(kms, key)
    with pytest.raises(ClientError, match="is disabled"):
        encrypted(workshop, alias)


def test_a_job_that_cannot_encrypt_its_output_fails(workshop, kms, key):
    disable(kms, key)
    script = 'open("/opt/ml/processing/output/out/x", "w").write("x")'
    request = workshop.processing(script, outputs={"out": workshop.uri("out")})
    request["ProcessingOutputConfig"]["KmsKeyId"] = key
    reason = workshop.run_processing(request)["FailureReason"]
    assert reason.startswith("ClientError: Data upload failed to s3://")
    assert f"{key} is disabled." in reason


@pytest.mark.parametrize("named", [str, name_of])
def test_a_job_needs_a_usable_key_for_its_volume(workshop, kms, key, named):
    disable(kms, key)
    request = workshop.processing("print('never runs')")
    request["ProcessingResources"]["ClusterConfig"]["VolumeKmsKeyId"] = named(key)
    reason = workshop.run_processing(request)["FailureReason"]
    assert reason == f"ClientError: Could not provision the instances: {key} is disabled."
