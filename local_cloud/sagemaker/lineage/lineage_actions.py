"""The SageMaker API actions for lineage."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.core.responses import ActionResult
from moto.sagemaker.models import sagemaker_backends

from local_cloud.sagemaker.api.pagination import paged
from local_cloud.sagemaker.api.request_shapes import check_request
from local_cloud.sagemaker.lineage.entities import Kind
from local_cloud.sagemaker.lineage.lineage_query import query_lineage
from local_cloud.sagemaker.lineage.lineage_store import LineageStore

# The entries on a page without MaxResults.
_PAGE = 10


class LineageActions:
    """A mixin for the responses of the SageMaker API."""

    # These methods and attributes are defined by moto's responses.
    current_account: str
    region: str
    params: Mapping[str, Any]

    def list_artifacts(self) -> ActionResult:
        """Perform ListArtifacts."""
        return self._lineage_summaries(Kind.ARTIFACT)

    def list_actions(self) -> ActionResult:
        """Perform ListActions."""
        return self._lineage_summaries(Kind.ACTION)

    def list_contexts(self) -> ActionResult:
        """Perform ListContexts."""
        return self._lineage_summaries(Kind.CONTEXT)

    def list_trial_components(self) -> ActionResult:
        """Perform ListTrialComponents."""
        return self._lineage_summaries(Kind.TRIAL_COMPONENT)

    def list_associations(self) -> ActionResult:
        """Perform ListAssociations."""
        found = self._lineage.association_summaries(self.params)
        return self._lineage_page("AssociationSummaries", found)

    def describe_artifact(self) -> ActionResult:
        """Perform DescribeArtifact."""
        return self._lineage_entity(Kind.ARTIFACT, "ArtifactArn")

    def describe_action(self) -> ActionResult:
        """Perform DescribeAction."""
        return self._lineage_entity(Kind.ACTION, "ActionName")

    def describe_context(self) -> ActionResult:
        """Perform DescribeContext."""
        return self._lineage_entity(Kind.CONTEXT, "ContextName")

    def describe_trial_component(self) -> ActionResult:
        """Perform DescribeTrialComponent."""
        return self._lineage_entity(Kind.TRIAL_COMPONENT, "TrialComponentName")

    def query_lineage(self) -> ActionResult:
        """Perform QueryLineage."""
        check_request("QueryLineageRequest", self.params)
        return ActionResult(query_lineage(self._lineage, self.params))

    def _lineage_summaries(self, kind: Kind) -> ActionResult:
        found = self._lineage.summaries(kind, self.params)
        return self._lineage_page(f"{kind}Summaries", found)

    def _lineage_page(self, result: str, found: list[dict[str, Any]]) -> ActionResult:
        size = self.params.get("MaxResults") or _PAGE
        return ActionResult(paged(found, {**self.params, "MaxResults": size}, result=result))

    def _lineage_entity(self, kind: Kind, member: str) -> ActionResult:
        return ActionResult(self._lineage.find(kind, self.params[member]).describe())

    @property
    def _lineage(self) -> LineageStore:
        found: LineageStore = sagemaker_backends[self.current_account][self.region].lineage
        return found
