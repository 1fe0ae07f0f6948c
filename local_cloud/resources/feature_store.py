"""AWS::SageMaker::FeatureGroup: feature groups of Feature Store."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from local_cloud.resources.base import Properties, UnsupportedProperty
from local_cloud.resources.sagemaker import SageMakerResource


class FeatureGroup(SageMakerResource):
    """AWS::SageMaker::FeatureGroup; Ref returns the name.

    Features can be added, and TtlDuration can change. Tags and all other properties require a
    replacement, which fails because the name exists.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sagemaker-featuregroup.html
    """

    TYPE = "AWS::SageMaker::FeatureGroup"
    PROPERTIES = frozenset(
        {
            *("Description", "EventTimeFeatureName", "FeatureDefinitions", "FeatureGroupName"),
            *("OfflineStoreConfig", "OnlineStoreConfig", "RecordIdentifierFeatureName", "RoleArn"),
            "Tags",
        }
    )
    MUTABLE: ClassVar[frozenset[str]] = frozenset({"FeatureDefinitions", "OnlineStoreConfig"})

    def create(self) -> None:
        """Call CreateFeatureGroup."""
        self.sagemaker.create_feature_group(**self.properties)
        self.physical_resource_id = self.properties["FeatureGroupName"]
        found = self.sagemaker.describe_feature_group(FeatureGroupName=self.physical_resource_id)
        self.attributes = {
            "CreationTime": found["CreationTime"].isoformat(),
            "FeatureGroupStatus": found["FeatureGroupStatus"],
        }

    def update(self, before: Self) -> None:
        """Call UpdateFeatureGroup for each change."""
        name = {"FeatureGroupName": self.physical_resource_id}
        added = self._added(before)
        if added:
            self.sagemaker.update_feature_group(**name, FeatureAdditions=added)
        if self._time_to_live() != before._time_to_live():
            online = {"TtlDuration": self._time_to_live()} if self._time_to_live() else {}
            self.sagemaker.update_feature_group(**name, OnlineStoreConfig=online)

    def remove(self) -> None:
        """Call DeleteFeatureGroup."""
        self.sagemaker.delete_feature_group(FeatureGroupName=self.physical_resource_id)

    @classmethod
    def must_be_replaced(cls, before: Properties, after: Properties) -> bool:
        """Return whether more than added features and TtlDuration has changed."""
        return _online(before) != _online(after) or super().must_be_replaced(before, after)

    def _added(self, before: Self) -> list[dict[str, Any]]:
        old, new = before.properties["FeatureDefinitions"], self.properties["FeatureDefinitions"]
        removed = [each["FeatureName"] for each in old if each not in new]
        if removed:
            raise UnsupportedProperty(
                f"Features of {self.physical_resource_id} cannot be removed or changed: "
                f"{', '.join(removed)}. Create a feature group with another name."
            )
        return [each for each in new if each not in old]

    def _time_to_live(self) -> Any:
        return self.properties.get("OnlineStoreConfig", {}).get("TtlDuration")


def _online(properties: Properties) -> Properties:
    """Return the members of the online configuration that cannot change."""
    online = properties.get("OnlineStoreConfig", {})
    return {name: value for name, value in online.items() if name != "TtlDuration"}
