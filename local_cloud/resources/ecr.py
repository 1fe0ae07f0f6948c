"""AWS::ECR: repositories of images."""

from __future__ import annotations

import json
from typing import Any, Self

from local_cloud.resources.base import ServiceResource, removed_keys


class Repository(ServiceResource):
    """AWS::ECR::Repository; Ref returns the name."""

    TYPE = "AWS::ECR::Repository"
    MUTABLE = frozenset(
        {
            *("EmptyOnDelete", "ImageScanningConfiguration", "ImageTagMutability"),
            *("LifecyclePolicy", "RepositoryPolicyText", "Tags"),
        }
    )
    PROPERTIES = MUTABLE | {"EncryptionConfiguration", "RepositoryName"}

    def create(self) -> None:
        """Call CreateRepository, then set the policies."""
        name = self.properties.get("RepositoryName", self.name.lower())
        encryption = self.properties.get("EncryptionConfiguration")
        repository = self._ecr.create_repository(
            repositoryName=name,
            imageTagMutability=self._mutability,
            imageScanningConfiguration=self._scanning,
            tags=self.tags,
            **({"encryptionConfiguration": _members(encryption)} if encryption else {}),
        )["repository"]
        self.physical_resource_id = name
        self.attributes = {
            "Arn": repository["repositoryArn"],
            "RepositoryUri": repository["repositoryUri"],
        }
        self._set_policies()

    def update(self, before: Self) -> None:
        """Set the mutability of tags, the scans, the policies and the tags."""
        name = {"repositoryName": self.physical_resource_id}
        self._ecr.put_image_tag_mutability(**name, imageTagMutability=self._mutability)
        self._ecr.put_image_scanning_configuration(
            **name, imageScanningConfiguration=self._scanning
        )
        self._set_policies()
        removed = removed_keys(before.tags, self.tags)
        if removed:
            self._ecr.untag_resource(resourceArn=self.attributes["Arn"], tagKeys=removed)
        if self.tags:
            self._ecr.tag_resource(resourceArn=self.attributes["Arn"], tags=self.tags)

    def remove(self) -> None:
        """Call DeleteRepository, which fails if there are images, unless EmptyOnDelete is set."""
        self._ecr.delete_repository(
            repositoryName=self.physical_resource_id,
            force=bool(self.properties.get("EmptyOnDelete", False)),
        )

    @property
    def _ecr(self) -> Any:
        return self.service("ecr")

    @property
    def _mutability(self) -> str:
        return str(self.properties.get("ImageTagMutability", "MUTABLE"))

    @property
    def _scanning(self) -> dict[str, Any]:
        given = self.properties.get("ImageScanningConfiguration", {"ScanOnPush": False})
        return {"scanOnPush": str(given.get("ScanOnPush")).lower() == "true"}

    def _set_policies(self) -> None:
        repository = {"repositoryName": self.physical_resource_id}
        if "LifecyclePolicy" in self.properties:
            text = self.properties["LifecyclePolicy"]["LifecyclePolicyText"]
            self._ecr.put_lifecycle_policy(**repository, lifecyclePolicyText=text)
        if "RepositoryPolicyText" in self.properties:
            text = json.dumps(self.properties["RepositoryPolicyText"])
            self._ecr.set_repository_policy(**repository, policyText=text)


def _members(given: dict[str, Any]) -> dict[str, Any]:
    """Return properties as parameters of ECR, whose names start with a small letter."""
    return {name[0].lower() + name[1:]: value for name, value in given.items()}
