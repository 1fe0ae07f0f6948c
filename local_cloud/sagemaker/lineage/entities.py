"""Lineage entities and the associations between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """The lineage types of QueryLineage."""

    ARTIFACT = "Artifact"
    ACTION = "Action"
    CONTEXT = "Context"
    TRIAL_COMPONENT = "TrialComponent"


# Kind -> its type in ARNs.
ARN_TYPES: Mapping[Kind, str] = {
    Kind.ARTIFACT: "artifact",
    Kind.ACTION: "action",
    Kind.CONTEXT: "context",
    Kind.TRIAL_COMPONENT: "experiment-trial-component",
}


@dataclass(frozen=True)
class Entity:
    """An artifact, an action, a context or a trial component. Artifacts have no name."""

    kind: Kind
    arn: str
    name: str
    type: str
    source_uri: str
    created: datetime
    properties: Mapping[str, str] = field(default_factory=dict)

    def summary(self) -> dict[str, Any]:
        """Return the summary of the entity in a List… response."""
        if self.kind is Kind.TRIAL_COMPONENT:
            return self._shown("TrialComponentSource", {"DisplayName": self.name})
        status = {"Status": "Completed"} if self.kind is Kind.ACTION else {}
        return self._shown("Source", {f"{self.kind}Type": self.type, **status})

    def describe(self) -> dict[str, Any]:
        """Return the response of Describe…."""
        if self.kind is Kind.TRIAL_COMPONENT:
            return self._shown("Source", {"DisplayName": self.name})
        return self.summary() | {"Properties": dict(self.properties)}

    def _shown(self, source: str, more: Mapping[str, Any]) -> dict[str, Any]:
        named = {f"{self.kind}Name": self.name} if self.name else {}
        return {
            f"{self.kind}Arn": self.arn,
            **named,
            source: self._source(),
            "CreationTime": self.created,
            "LastModifiedTime": self.created,
            **more,
        }

    def _source(self) -> dict[str, Any]:
        if self.kind is Kind.TRIAL_COMPONENT:
            return {"SourceArn": self.source_uri, "SourceType": f"SageMaker{self.type}"}
        if self.kind is Kind.ARTIFACT:
            return {"SourceUri": self.source_uri, "SourceTypes": []}
        return {"SourceUri": self.source_uri, "SourceType": "ARN"}


@dataclass(frozen=True)
class Association:
    """A directed association between two entities."""

    source: Entity
    destination: Entity
    type: str
    created: datetime

    def summary(self) -> dict[str, Any]:
        """Return an AssociationSummary."""
        names = {"SourceName": self.source.name, "DestinationName": self.destination.name}
        return {
            "SourceArn": self.source.arn,
            "DestinationArn": self.destination.arn,
            "SourceType": self.source.type,
            "DestinationType": self.destination.type,
            "AssociationType": self.type,
            "CreationTime": self.created,
            **{member: name for member, name in names.items() if name},
        }
