"""Keys and their aliases."""

from __future__ import annotations

import json


def key(aws):
    kms = aws.client("kms")
    name = {"KeyId": kms.create_key()["KeyMetadata"]["KeyId"]}

    def shown():
        return kms.describe_key(**name)["KeyMetadata"]

    assert name["KeyId"] in [each["KeyId"] for each in kms.list_keys()["Keys"]]
    kms.update_key_description(**name, Description="new")
    assert shown()["Description"] == "new"
    statement = {"Sid": "a", "Effect": "Allow", "Principal": "*", "Action": "kms:*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement | {"Resource": "*"}]})
    kms.put_key_policy(**name, PolicyName="default", Policy=policy)
    shown_policy = json.loads(kms.get_key_policy(**name, PolicyName="default")["Policy"])
    assert shown_policy["Statement"][0]["Sid"] == "a"
    kms.enable_key_rotation(**name)
    assert kms.get_key_rotation_status(**name)["KeyRotationEnabled"]
    kms.disable_key_rotation(**name)
    assert not kms.get_key_rotation_status(**name)["KeyRotationEnabled"]
    kms.disable_key(**name)
    assert shown()["KeyState"] == "Disabled"
    kms.enable_key(**name)
    assert shown()["KeyState"] == "Enabled"
    tags = [{"TagKey": "team", "TagValue": "a"}]
    kms.tag_resource(**name, Tags=tags)
    assert kms.list_resource_tags(**name)["Tags"] == tags
    kms.untag_resource(**name, TagKeys=["team"])
    assert kms.list_resource_tags(**name)["Tags"] == []
    kms.schedule_key_deletion(**name, PendingWindowInDays=7)
    assert shown()["KeyState"] == "PendingDeletion"
    kms.cancel_key_deletion(**name)
    assert shown()["KeyState"] == "Disabled"
    kms.schedule_key_deletion(**name, PendingWindowInDays=7)


def alias(aws):
    kms = aws.client("kms")
    keys = [kms.create_key()["KeyMetadata"]["KeyId"] for _ in range(2)]
    kms.create_alias(AliasName="alias/life", TargetKeyId=keys[0])

    def targets():
        listed = kms.list_aliases()["Aliases"]
        return [each["TargetKeyId"] for each in listed if each["AliasName"] == "alias/life"]

    assert targets() == [keys[0]]
    kms.update_alias(AliasName="alias/life", TargetKeyId=keys[1])
    assert targets() == [keys[1]]
    kms.delete_alias(AliasName="alias/life")
    assert targets() == []
    for name in keys:
        kms.schedule_key_deletion(KeyId=name, PendingWindowInDays=7)
