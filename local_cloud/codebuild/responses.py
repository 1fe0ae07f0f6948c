"""The requests and responses of CodeBuild (JSON), as in botocore's model."""

from __future__ import annotations

import json
from typing import Any

from moto.codebuild.models import codebuild_backends
from moto.core.responses import BaseResponse

from local_cloud.codebuild.build_backend import BuildBackend
from local_cloud.codebuild.exceptions import InvalidInput
from local_cloud.codebuild.project_checks import check_project

_START = frozenset({"projectName", "idempotencyToken"})


class BuildResponses(BaseResponse):  # type: ignore[misc]
    """One method per operation."""

    def __init__(self) -> None:
        super().__init__(service_name="codebuild")

    @property
    def backend(self) -> BuildBackend:
        """The back end of the request's account and region."""
        found: BuildBackend = codebuild_backends[self.current_account][self.region]
        return found

    def create_project(self) -> str:
        """Create a project."""
        project = self._request()
        check_project(project)
        return json.dumps({"project": self.backend.create(project)})

    def update_project(self) -> str:
        """Replace members of a project."""
        project = self._request()
        check_project(self.backend.updated(project))
        return json.dumps({"project": self.backend.update(project)})

    def batch_get_projects(self) -> str:
        """Describe projects."""
        known, names = self.backend.projects, self._get_param("names")
        found = [known[name] for name in names if name in known]
        missing = [name for name in names if name not in known]
        return json.dumps({"projects": found, "projectsNotFound": missing})

    def list_projects(self) -> str:
        """List the names of the projects."""
        return json.dumps({"projects": sorted(self.backend.projects)})

    def delete_project(self) -> str:
        """Delete a project. No-op if it does not exist, as on AWS."""
        self.backend.projects.pop(self._get_param("name"), None)
        return "{}"

    def start_build(self) -> str:
        """Start a build with the settings of its project."""
        given = self._request()
        if unknown := sorted(set(given) - _START):
            raise InvalidInput(f"not supported by the laptop cloud: {', '.join(unknown)}")
        build = self.backend.start(given["projectName"], given.get("idempotencyToken"))
        return json.dumps({"build": build.document()})

    def batch_get_builds(self) -> str:
        """Describe builds."""
        known, ids = self.backend.builds, self._get_param("ids")
        found = [known[each].document() for each in ids if each in known]
        missing = [each for each in ids if each not in known]
        return json.dumps({"builds": found, "buildsNotFound": missing})

    def stop_build(self) -> str:
        """Stop a build."""
        build = self.backend.build(self._get_param("id"))
        build.stop()
        return json.dumps({"build": build.document()})

    def _request(self) -> dict[str, Any]:
        request: dict[str, Any] = json.loads(self.body)
        return request
