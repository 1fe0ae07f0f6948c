"""A pipeline and its versions. Each new definition creates a version.

Source: the operations CreatePipeline, UpdatePipeline, UpdatePipelineVersion and
ListPipelineVersions of the API.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from moto.sagemaker.models import FakePipeline

from local_cloud.sagemaker.exceptions import ResourceNotFound, ValidationFailed

_MOST_ALIASES = 10

Request = Mapping[str, Any]


@dataclass
class PipelineVersion:
    """One definition of a pipeline; the first version has the ID 1."""

    id: int
    definition: str
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    display_name: str | None = None
    description: str | None = None
    aliases: list[str] = field(default_factory=list)
    last_execution_arn: str | None = None

    def summary(self, pipeline_arn: str) -> dict[str, Any]:
        """Return a PipelineVersionSummary."""
        shown = {
            "PipelineArn": pipeline_arn,
            "PipelineVersionId": self.id,
            "CreationTime": self.created,
            "LastExecutionPipelineExecutionArn": self.last_execution_arn,
            **self.names(),
        }
        return {name: value for name, value in shown.items() if value is not None}

    def names(self) -> dict[str, Any]:
        """Return the members that describe the version."""
        return {
            "PipelineVersionDisplayName": self.display_name,
            "PipelineVersionDescription": self.description,
            "PipelineVersionAliases": self.aliases or None,
        }


class Pipeline(FakePipeline):  # type: ignore[misc]  # moto is untyped here
    """moto's pipeline, which it lists and tags, with the versions of its definition."""

    def __init__(self, request: Request, definition: str, account_id: str, region: str) -> None:
        super().__init__(
            request["PipelineName"],
            request.get("PipelineDisplayName"),
            definition,
            request.get("PipelineDescription"),
            request["RoleArn"],
            request.get("Tags"),
            account_id,
            region,
            request.get("ParallelismConfiguration"),
        )
        self.client_request_token: str | None = request.get("ClientRequestToken")
        self.versions: list[PipelineVersion] = []
        self.add_version(definition, request.get("PipelineVersionAliases") or ())

    @property
    def latest(self) -> PipelineVersion:
        """The newest version."""
        return self.versions[-1]

    def add_version(self, definition: str, aliases: Iterable[str]) -> None:
        """Add a version. Raises `ValidationFailed` for an alias that is invalid or in use."""
        version = PipelineVersion(len(self.versions) + 1, definition)
        self._add_aliases(version, aliases)
        self.versions.append(version)
        self.pipeline_definition = definition

    def update(self, request: Request, definition: str | None) -> None:
        """Perform UpdatePipeline: change the given members. A new definition is a new version."""
        aliases = request.get("PipelineVersionAliases") or ()
        if definition is not None and definition != self.latest.definition:
            self.add_version(definition, aliases)
        elif aliases:
            raise ValidationFailed(
                "PipelineVersionAliases can only be specified when the definition changes."
            )
        for member, attribute in _UPDATED.items():
            if request.get(member) is not None:
                setattr(self, attribute, request[member])
        self.last_modified_time = datetime.now(UTC)

    def update_version(self, request: Request) -> PipelineVersion:
        """Perform UpdatePipelineVersion: change the names and aliases of a version."""
        version = self.version(request)
        operations = request.get("PipelineVersionAliasOperations") or {}
        removed = operations.get("Remove") or ()
        kept = [alias for alias in version.aliases if alias not in removed]
        version.aliases = kept
        self._add_aliases(version, operations.get("Add") or ())
        version.display_name = request.get("PipelineVersionDisplayName", version.display_name)
        version.description = request.get("PipelineVersionDescription", version.description)
        return version

    def version(self, request: Request) -> PipelineVersion:
        """Return the version with the ID or alias in a request, or the newest.

        Raises `ResourceNotFound` for an unknown version, `ValidationFailed` for ID and alias.
        """
        number, alias = request.get("PipelineVersionId"), request.get("PipelineVersionAlias")
        if number is None and alias is None:
            return self.latest
        if number is not None and alias is not None:
            raise ValidationFailed("Specify PipelineVersionId or PipelineVersionAlias, not both.")
        for version in self.versions:
            if version.id == number or alias in version.aliases:
                return version
        wanted = f"the alias {alias!r}" if number is None else f"ID {number}"
        raise ResourceNotFound(f"Pipeline '{self.pipeline_name}' has no version with {wanted}.")

    def describe(self, version: PipelineVersion) -> dict[str, Any]:
        """Return the response of DescribePipeline for one version."""
        shown = {
            "PipelineArn": self.arn,
            "PipelineName": self.pipeline_name,
            "PipelineDisplayName": self.pipeline_display_name,
            "PipelineDefinition": version.definition,
            "PipelineDescription": self.pipeline_description,
            "RoleArn": self.role_arn,
            "PipelineStatus": self.pipeline_status,
            "CreationTime": self.creation_time,
            "LastModifiedTime": self.last_modified_time,
            "LastRunTime": self.last_execution_time,
            "CreatedBy": self.created_by,
            "LastModifiedBy": self.last_modified_by,
            "ParallelismConfiguration": self.parallelism_configuration,
            **version.names(),
        }
        return {name: value for name, value in shown.items() if value is not None}

    def _add_aliases(self, version: PipelineVersion, aliases: Iterable[str]) -> None:
        used = {alias for each in self.versions for alias in each.aliases}
        for alias in aliases:
            if re.fullmatch(r"\d+", alias):
                raise ValidationFailed(f"The alias {alias!r} consists of numbers only.")
            if alias in used:
                raise ValidationFailed(f"The alias {alias!r} is assigned to a pipeline version.")
            version.aliases.append(alias)
            used.add(alias)
        if len(version.aliases) > _MOST_ALIASES:
            raise ValidationFailed(f"A version can have at most {_MOST_ALIASES} aliases.")


# Member of UpdatePipeline -> attribute of moto's pipeline.
_UPDATED = {
    "PipelineDisplayName": "pipeline_display_name",
    "PipelineDescription": "pipeline_description",
    "RoleArn": "role_arn",
    "ParallelismConfiguration": "parallelism_configuration",
}
