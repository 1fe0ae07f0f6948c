"""AWS::SageMaker: domains of Studio, user profiles and lifecycle configurations."""

from __future__ import annotations

from typing import Self

from local_cloud.resources.sagemaker import SageMakerResource


class Domain(SageMakerResource):
    """AWS::SageMaker::Domain; Ref returns the id."""

    TYPE = "AWS::SageMaker::Domain"
    _UPDATED = ("DefaultSpaceSettings", "DefaultUserSettings", "SubnetIds")
    _GIVEN = (
        *("AppNetworkAccessType", "AuthMode", "DomainName", "HomeEfsFileSystemCreation"),
        *("KmsKeyId", "VpcId", "DomainSettings"),
    )
    PROPERTIES = frozenset({*_UPDATED, *_GIVEN, "Tags"})
    MUTABLE = frozenset({*_UPDATED, "Tags"})

    def create(self) -> None:
        """Call CreateDomain."""
        made = self.sagemaker.create_domain(**self.properties)
        self.physical_resource_id = made["DomainId"]
        self.attributes = {
            "DomainArn": made["DomainArn"],
            "DomainId": made["DomainId"],
            "Url": made["Url"],
        }

    def update(self, before: Self) -> None:
        """Call UpdateDomain. The tags of a domain are not kept."""
        self.sagemaker.update_domain(
            DomainId=self.physical_resource_id, **self.given(*self._UPDATED)
        )

    def remove(self) -> None:
        """Call DeleteDomain."""
        self.sagemaker.delete_domain(DomainId=self.physical_resource_id)


class UserProfile(SageMakerResource):
    """AWS::SageMaker::UserProfile; Ref returns the name."""

    TYPE = "AWS::SageMaker::UserProfile"
    PROPERTIES = frozenset({"DomainId", "Tags", "UserProfileName"})

    def create(self) -> None:
        """Call CreateUserProfile."""
        made = self.sagemaker.create_user_profile(**self.properties)
        self.physical_resource_id = self.properties["UserProfileName"]
        self.attributes = {"UserProfileArn": made["UserProfileArn"]}

    def update(self, before: Self) -> None:
        """Do nothing: only the tags can change, which are not kept."""

    def remove(self) -> None:
        """Call DeleteUserProfile."""
        name = {
            "DomainId": self.properties["DomainId"],
            "UserProfileName": self.physical_resource_id,
        }
        self.sagemaker.delete_user_profile(**name)


class StudioLifecycleConfig(SageMakerResource):
    """AWS::SageMaker::StudioLifecycleConfig; Ref returns the name."""

    TYPE = "AWS::SageMaker::StudioLifecycleConfig"
    PROPERTIES = frozenset(
        {
            *("StudioLifecycleConfigAppType", "StudioLifecycleConfigContent"),
            *("StudioLifecycleConfigName", "Tags"),
        }
    )

    def create(self) -> None:
        """Call CreateStudioLifecycleConfig."""
        made = self.sagemaker.create_studio_lifecycle_config(**self.properties)
        self.physical_resource_id = self.properties["StudioLifecycleConfigName"]
        self.attributes = {"StudioLifecycleConfigArn": made["StudioLifecycleConfigArn"]}

    def update(self, before: Self) -> None:
        """Do nothing: only the tags can change, which are not kept."""

    def remove(self) -> None:
        """Call DeleteStudioLifecycleConfig."""
        self.sagemaker.delete_studio_lifecycle_config(
            StudioLifecycleConfigName=self.physical_resource_id
        )
