"""The back end of CodeBuild: projects by name, and builds that run."""

from __future__ import annotations

import threading
import types
from typing import Any, ClassVar

from moto.codebuild.models import CodeBuildBackend

from local_cloud.codebuild.build import Build
from local_cloud.codebuild.exceptions import ResourceAlreadyExists, ResourceNotFound
from local_cloud.context import Cloud


class BuildBackend(CodeBuildBackend):  # type: ignore[misc]
    """Projects, which are saved, and builds by id, which end with the server."""

    NOT_SAVED: ClassVar = ("builds", "tokens")
    cloud: ClassVar[Cloud]
    _running: ClassVar[list[Build]] = []
    _starting: ClassVar = threading.Lock()

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.projects: dict[str, dict[str, Any]] = {}
        self.builds: dict[str, Build] = {}
        self.tokens: dict[str, str] = {}

    @property
    def _url_module(self) -> types.ModuleType:
        from local_cloud.codebuild import urls

        return urls

    @classmethod
    def stop_all(cls) -> None:
        """Stop the running builds, and wait until they have ended."""
        with cls._starting:
            running, cls._running = cls._running, []
        for build in running:
            build.stop()
            build.join()

    def create(self, project: dict[str, Any]) -> dict[str, Any]:
        """Create a project; return its description."""
        name = project["name"]
        if name in self.projects:
            raise ResourceAlreadyExists(f"Project already exists: {self._arn(name)}")
        self.projects[name] = {**project, "arn": self._arn(name)}
        return self.projects[name]

    def update(self, project: dict[str, Any]) -> dict[str, Any]:
        """Replace the given members of a project; return its description."""
        name = project["name"]
        self.projects[name] = {**self.updated(project), "arn": self._arn(name)}
        return self.projects[name]

    def updated(self, project: dict[str, Any]) -> dict[str, Any]:
        """Return the members that a project will have after an update."""
        before = self.project(project["name"])
        return {name: value for name, value in (before | project).items() if name != "arn"}

    def project(self, name: str) -> dict[str, Any]:
        """Return the project with this name."""
        if name not in self.projects:
            raise ResourceNotFound(f"Project cannot be found: {self._arn(name)}")
        return self.projects[name]

    def start(self, name: str, token: str | None) -> Build:
        """Start a build of a project. A repeated token returns its build."""
        with self._starting:
            if token and token in self.tokens:
                return self.builds[self.tokens[token]]
            build = Build(self.cloud, dict(self.project(name)))
            self.builds[build.id] = build
            if token:
                self.tokens[token] = build.id
            self._running[:] = [each for each in self._running if not each.is_complete] + [build]
            build.start()
            return build

    def build(self, identifier: str) -> Build:
        """Return the build with this id."""
        if identifier not in self.builds:
            raise ResourceNotFound(f"Build {identifier} does not exist")
        return self.builds[identifier]

    def _arn(self, name: str) -> str:
        return f"arn:aws:codebuild:{self.region_name}:{self.account_id}:project/{name}"
