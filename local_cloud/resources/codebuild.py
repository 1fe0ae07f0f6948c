"""AWS::CodeBuild: projects."""

from __future__ import annotations

from typing import Any, Self

from local_cloud.resources.base import Properties, ServiceResource


class Project(ServiceResource):
    """AWS::CodeBuild::Project; Ref returns the name.

    CreateProject of the laptop cloud rejects what it does not support.
    """

    TYPE = "AWS::CodeBuild::Project"
    MUTABLE = frozenset(
        {
            *("Artifacts", "Description", "EncryptionKey", "Environment", "LogsConfig"),
            *("ServiceRole", "Source", "Tags", "TimeoutInMinutes"),
        }
    )
    PROPERTIES = MUTABLE | {"Name"}

    def create(self) -> None:
        """Call CreateProject."""
        name = self.properties.get("Name", self.name)
        made = self._codebuild.create_project(name=name, **self._request())["project"]
        self.physical_resource_id = name
        self.attributes = {"Arn": made["arn"]}

    def update(self, before: Self) -> None:
        """Call UpdateProject."""
        self._codebuild.update_project(name=self.physical_resource_id, **self._request())

    def remove(self) -> None:
        """Call DeleteProject."""
        self._codebuild.delete_project(name=self.physical_resource_id)

    @property
    def _codebuild(self) -> Any:
        return self.service("codebuild")

    def _request(self) -> Properties:
        """Return the properties as parameters, whose names start with a small letter."""
        request: Properties = _members(self.given(*self.MUTABLE))
        if "buildSpec" in request["source"]:
            request["source"]["buildspec"] = request["source"].pop("buildSpec")
        if "timeoutInMinutes" in request:
            request["timeoutInMinutes"] = int(request["timeoutInMinutes"])
        return request


def _members(given: Any) -> Any:
    if isinstance(given, list):
        return [_members(each) for each in given]
    if isinstance(given, dict):
        return {name[0].lower() + name[1:]: _members(value) for name, value in given.items()}
    return given
