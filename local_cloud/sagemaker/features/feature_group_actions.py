"""The SageMaker API actions for feature groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.sagemaker.models import sagemaker_backends

from local_cloud.sagemaker.api.pagination import paged
from local_cloud.sagemaker.features.feature_group_store import FeatureGroupStore


class FeatureGroupActions:
    """A mixin for the responses of the SageMaker API."""

    # These methods and attributes are defined by moto's responses.
    current_account: str
    region: str
    params: Mapping[str, Any]

    def create_feature_group(self) -> ActionResult:
        """Perform CreateFeatureGroup."""
        return ActionResult({"FeatureGroupArn": self._features.create(self.params).arn})

    def describe_feature_group(self) -> ActionResult:
        """Perform DescribeFeatureGroup. All features are on the first page."""
        found = self._features.find(self.params["FeatureGroupName"])
        return ActionResult({**found.describe(), "NextToken": ""})

    def update_feature_group(self) -> ActionResult:
        """Perform UpdateFeatureGroup."""
        return ActionResult({"FeatureGroupArn": self._features.update(self.params).arn})

    def delete_feature_group(self) -> ActionResult:
        """Perform DeleteFeatureGroup."""
        self._features.delete(self.params["FeatureGroupName"])
        return EmptyResult()

    def list_feature_groups(self) -> ActionResult:
        """Perform ListFeatureGroups."""
        found = self._features.summaries(self.params)
        return ActionResult(paged(found, self.params, result="FeatureGroupSummaries"))

    @property
    def _features(self) -> FeatureGroupStore:
        found: FeatureGroupStore = sagemaker_backends[self.current_account][self.region].features
        return found
