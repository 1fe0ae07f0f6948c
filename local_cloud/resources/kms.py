"""AWS::KMS: customer keys and their aliases."""

from __future__ import annotations

import json
from typing import Any, Self

from local_cloud.resources.base import ServiceResource, removed_keys


class Key(ServiceResource):
    """AWS::KMS::Key; Ref and KeyId return the id, Arn the ARN."""

    TYPE = "AWS::KMS::Key"
    PROPERTIES = frozenset(
        {
            "Description",
            "EnableKeyRotation",
            "Enabled",
            "KeyPolicy",
            "PendingWindowInDays",
            "RotationPeriodInDays",
            "Tags",
        }
    )
    MUTABLE = PROPERTIES

    def create(self) -> None:
        """Call CreateKey."""
        key = self._kms.create_key(
            Policy=json.dumps(self.properties["KeyPolicy"]),
            Description=self.properties.get("Description", ""),
            Tags=[{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in self.tags],
        )["KeyMetadata"]
        self.physical_resource_id = key["KeyId"]
        self.attributes = {"Arn": key["Arn"], "KeyId": key["KeyId"]}
        self._set_switches()

    def update(self, before: Self) -> None:
        """Update the policy, the description, the rotation, the state and the tags."""
        key = self.physical_resource_id
        self._kms.put_key_policy(
            KeyId=key, PolicyName="default", Policy=json.dumps(self.properties["KeyPolicy"])
        )
        self._kms.update_key_description(
            KeyId=key, Description=self.properties.get("Description", "")
        )
        removed = removed_keys(before.tags, self.tags)
        if removed:
            self._kms.untag_resource(KeyId=key, TagKeys=removed)
        self._kms.tag_resource(
            KeyId=key, Tags=[{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in self.tags]
        )
        self._set_switches()

    def remove(self) -> None:
        """Call ScheduleKeyDeletion."""
        self._kms.schedule_key_deletion(
            KeyId=self.physical_resource_id,
            PendingWindowInDays=self.properties.get("PendingWindowInDays", 30),
        )

    @property
    def _kms(self) -> Any:
        return self.service("kms")

    def _set_switches(self) -> None:
        key = {"KeyId": self.physical_resource_id}
        if self.properties.get("EnableKeyRotation", False):
            self._kms.enable_key_rotation(**key, **self.given("RotationPeriodInDays"))
        else:
            self._kms.disable_key_rotation(**key)
        if self.properties.get("Enabled", True):
            self._kms.enable_key(**key)
        else:
            self._kms.disable_key(**key)


class Alias(ServiceResource):
    """AWS::KMS::Alias; Ref returns the name."""

    TYPE = "AWS::KMS::Alias"
    PROPERTIES = frozenset({"AliasName", "TargetKeyId"})
    MUTABLE = frozenset({"TargetKeyId"})

    def create(self) -> None:
        """Call CreateAlias."""
        self.service("kms").create_alias(**self.properties)
        self.physical_resource_id = self.properties["AliasName"]

    def update(self, before: Self) -> None:
        """Call UpdateAlias."""
        self.service("kms").update_alias(**self.properties)

    def remove(self) -> None:
        """Call DeleteAlias."""
        self.service("kms").delete_alias(AliasName=self.physical_resource_id)
