"""Types that only the stack of `cdk bootstrap` uses: SSM parameters and ECR repositories."""

from __future__ import annotations

import json
from typing import Any, Self

from local_cloud.resources.base import ServiceResource


class Parameter(ServiceResource):
    """AWS::SSM::Parameter; Ref returns the name. Unlike in other types, tags are a mapping."""

    TYPE = "AWS::SSM::Parameter"
    _GIVEN = ("Description", "Tier", "Type", "Value")
    PROPERTIES = frozenset({"Name", *_GIVEN})
    MUTABLE = frozenset(_GIVEN)

    def create(self) -> None:
        """Call PutParameter."""
        name = self.properties.get("Name", self.name)
        self.service("ssm").put_parameter(Name=name, **self.given(*self._GIVEN))
        self.physical_resource_id = name
        self.attributes = self.given("Type", "Value")

    def update(self, before: Self) -> None:
        """Call PutParameter, which overwrites the value."""
        self.service("ssm").put_parameter(
            Name=self.physical_resource_id, Overwrite=True, **self.given(*self._GIVEN)
        )
        self.attributes = self.given("Type", "Value")

    def remove(self) -> None:
        """Call DeleteParameter."""
        self.service("ssm").delete_parameter(Name=self.physical_resource_id)


class Repository(ServiceResource):
    """AWS::ECR::Repository; Ref returns the name."""

    TYPE = "AWS::ECR::Repository"
    PROPERTIES = frozenset(
        {
            "ImageScanningConfiguration",
            "ImageTagMutability",
            "LifecyclePolicy",
            "RepositoryName",
            "RepositoryPolicyText",
        }
    )
    MUTABLE = frozenset({"LifecyclePolicy", "RepositoryPolicyText"})

    def create(self) -> None:
        """Call CreateRepository, then set the policies."""
        switches = {
            name[0].lower() + name[1:]: value
            for name, value in self.given("ImageTagMutability").items()
        }
        name = self.properties.get("RepositoryName", self.name.lower())
        repository = self._ecr.create_repository(repositoryName=name, **switches)["repository"]
        self.physical_resource_id = name
        self.attributes = {
            "Arn": repository["repositoryArn"],
            "RepositoryUri": repository["repositoryUri"],
        }
        self._set_policies()

    def update(self, before: Self) -> None:
        """Set the policies."""
        self._set_policies()

    def remove(self) -> None:
        """Call DeleteRepository."""
        self._ecr.delete_repository(repositoryName=self.physical_resource_id)

    @property
    def _ecr(self) -> Any:
        return self.service("ecr")

    def _set_policies(self) -> None:
        repository = {"repositoryName": self.physical_resource_id}
        if "LifecyclePolicy" in self.properties:
            text = self.properties["LifecyclePolicy"]["LifecyclePolicyText"]
            self._ecr.put_lifecycle_policy(**repository, lifecyclePolicyText=text)
        if "RepositoryPolicyText" in self.properties:
            text = json.dumps(self.properties["RepositoryPolicyText"])
            self._ecr.set_repository_policy(**repository, policyText=text)
