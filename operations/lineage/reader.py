"""Reads the lineage of an execution with QueryLineage, on AWS as on the laptop."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from execution_reader.execution import Execution
from execution_reader.started_step import StartedStep
from execution_reader.step_kinds import jobs_of
from operations.executions.lookup import ABSENT
from operations.lineage.entities import QUERY, Association, Entity, Lineage

# Model → deployment → endpoint.
_TO_ENDPOINTS = 2
_PRODUCED = "Produced"


def read_lineage(sagemaker: Any, execution: Execution) -> Lineage:
    """Return the entities of the jobs and packages of an execution.

    They include the endpoints of its packages, and the query of its extraction. A job for which
    SageMaker has recorded nothing is absent.
    """
    reader = _Reader(sagemaker)
    for step in execution.started.values():
        for _, job in jobs_of(step.metadata):
            for component in reader.components_of(job):
                reader.follow(component, "Both", depth=1, step=step.name)
        if package := step.metadata.get("RegisterModel"):
            for artifact in reader.artifacts_of(package["Arn"]):
                reader.follow(artifact, "Ascendants", depth=1)
                reader.follow(artifact, "Descendants", depth=_TO_ENDPOINTS)
    for step in execution.started.values():
        reader.add_query(step, _query_digest(execution))
    return Lineage(reader.entities, tuple(reader.associations))


@dataclass
class _Reader:
    sagemaker: Any
    entities: dict[str, Entity] = field(default_factory=dict)
    # A dictionary, because its keys are in the order of their insertion.
    associations: dict[Association, None] = field(default_factory=dict)

    def follow(self, start: str, direction: str, *, depth: int, step: str = "") -> None:
        """Add the entities at most `depth` associations away from an ARN; nothing if absent."""
        for page in self._pages(StartArns=[start], Direction=direction, MaxDepth=depth):
            for vertex in page["Vertices"]:
                self._add(vertex, step if vertex["Arn"] == start else "")
            for edge in page["Edges"]:
                ends = edge["SourceArn"], edge["DestinationArn"]
                # An edge without a vertex would lead to an entity of another account.
                if all(arn in self.entities for arn in ends):
                    self.associations[Association(*ends, edge.get("AssociationType", ""))] = None

    def components_of(self, job: str) -> list[str]:
        """Return the ARNs of the trial components of a job: one, or none."""
        found = self.sagemaker.list_trial_components(SourceArn=job)["TrialComponentSummaries"]
        return [each["TrialComponentArn"] for each in found]

    def artifacts_of(self, uri: str) -> list[str]:
        """Return the ARNs of the artifacts of a URI: one, or none."""
        found = self.sagemaker.list_artifacts(SourceUri=uri)["ArtifactSummaries"]
        return [each["ArtifactArn"] for each in found]

    def add_query(self, step: StartedStep, digest: str) -> None:
        """Add the query of a step that runs no job, if it wrote data that a job has used."""
        written = set(step.outputs.values())
        found = [entity for entity in self.entities.values() if entity.uri in written]
        if found and not any(True for _ in jobs_of(step.metadata)):
            query = Entity(f"{QUERY}/{step.name}", QUERY, digest, step.name)
            self.entities = {query.arn: query, **self.entities}
            for each in found:
                self.associations[Association(query.arn, each.arn, _PRODUCED)] = None

    def _pages(self, **request: Any) -> Iterator[Mapping[str, Any]]:
        token: dict[str, str] = {}
        while True:
            try:
                page = self.sagemaker.query_lineage(IncludeEdges=True, **request, **token)
            except ClientError as error:
                if error.response["Error"]["Code"] not in ABSENT:
                    raise
                return
            yield page
            if not page.get("NextToken"):
                return
            token = {"NextToken": page["NextToken"]}

    def _add(self, vertex: Mapping[str, str], step: str) -> None:
        arn = vertex["Arn"]
        if arn not in self.entities:
            uri = self._source(vertex["LineageType"], arn)
            self.entities[arn] = Entity(arn, vertex.get("Type", ""), uri, step)

    def _source(self, lineage_type: str, arn: str) -> str:
        """Return the source of an artifact or a context; for other entities, their own ARN."""
        if lineage_type == "Artifact":
            found = self.sagemaker.describe_artifact(ArtifactArn=arn)
        elif lineage_type == "Context":
            found = self.sagemaker.describe_context(ContextName=arn.partition("/")[2])
        else:
            return arn
        return str(found["Source"]["SourceUri"])


def _query_digest(execution: Execution) -> str:
    """Return the SHA-256 of the query with which models are registered; empty without one."""
    for step in execution.definition.steps.values():
        digest = step.arguments.get("CustomerMetadataProperties", {}).get("query_sha256")
        if isinstance(digest, str):
            return digest
    return ""
