"""Lineage entities and associations, with the names that people know."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

# The types of SageMaker's entities -> what they are called here.
_KINDS: Mapping[str, str] = {
    "DataSet": "data",
    "Image": "image",
    "Model": "model",
    "Checkpoint": "checkpoint",
    "ProcessingJob": "processing job",
    "TrainingJob": "training job",
    "TransformJob": "transform job",
    "Approval": "approval",
    "ModelGroup": "package group",
    "ModelDeployment": "deployment",
    "Endpoint": "endpoint",
}
QUERY = "query"
_APPROVAL = re.compile("PendingManualApproval|Approved|Rejected")


@dataclass(frozen=True)
class Entity:
    """A lineage entity. `uri` is the data, image, job, … itself; `step` is the step of a job.

    The query of a pipeline is an entity here, which SageMaker does not record.
    """

    arn: str
    type: str
    uri: str
    step: str = ""

    @property
    def kind(self) -> str:
        """What it is, such as data, image, training job, package or endpoint."""
        if ":model-package/" in self.uri and self.type == "Model":
            return "package"
        if self.type == "DataSet" and self.uri.endswith((".zip", ".tar.gz")):
            return "code"
        return _KINDS.get(self.type, self.type)

    @property
    def name(self) -> str:
        """A short name: the step of a job, the end of a URI, or the name in an ARN."""
        if self.step:
            return self.step
        if self.kind in ("approval", "deployment"):
            return (
                self.arn.partition("/")[2]
                .removesuffix("-aws-model-package")
                .removesuffix("-aws-endpoint")
            )
        if self.uri.startswith("arn:"):
            return self.uri.partition("/")[2]
        *_, folder, last = ["", *self.uri.rstrip("/").split("/")]
        return f"{folder}/{last}" if self.kind == "data" and "." not in last else last

    @property
    def label(self) -> str:
        """The name for people to read."""
        return short_digests(self.name)


def short_digests(text: str) -> str:
    """Return a text with only the first 12 digits of each SHA-256."""
    return re.sub(r"([0-9a-f]{12})[0-9a-f]{52}", r"\1", text)


@dataclass(frozen=True)
class Association:
    """An association of two entities, by their ARNs."""

    source: str
    destination: str
    type: str


@dataclass(frozen=True)
class Lineage:
    """The entities of an execution by ARN, and their associations, in the order of the steps."""

    entities: Mapping[str, Entity]
    associations: tuple[Association, ...]

    @cached_property
    def sources(self) -> Mapping[str, list[Entity]]:
        """ARN -> the entities from which it comes."""
        found: dict[str, list[Entity]] = {arn: [] for arn in self.entities}
        for each in self.associations:
            found[each.destination].append(self.entities[each.source])
        return found

    @cached_property
    def destinations(self) -> Mapping[str, list[Entity]]:
        """ARN -> the entities that come from it."""
        found: dict[str, list[Entity]] = {arn: [] for arn in self.entities}
        for each in self.associations:
            found[each.source].append(self.entities[each.destination])
        return found
