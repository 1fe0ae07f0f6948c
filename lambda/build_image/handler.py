"""Custom resource that builds the image of a pipeline with CodeBuild, and waits for the build.

The tag of an image is the digest of its content, and the repository moves no tag: an image that
exists is not built again, also when a deployment is rolled back.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from clients import client
from custom_resource import run_and_respond
from deadline import seconds_left

logger = logging.getLogger()

POLL_SECONDS = 5.0
MAX_LINES = 15
MAX_LOG_LENGTH = 1000  # characters, less than a response may have


class BuildFailed(Exception):
    """The image was not built; the message has the last lines of the build's log."""


@dataclass(frozen=True)
class ImageBuild:
    """The build of one image.

    `request` is the id of CloudFormation's request: CodeBuild starts one build for the same
    request. `seconds_left` returns the time that this invocation has.
    """

    codebuild: Any
    ecr: Any
    logs: Any
    project: str
    repository: str
    tag: str
    request: str
    seconds_left: Callable[[], float]
    sleep: Callable[[float], None] = time.sleep

    def run(self) -> str:
        """Build the image, unless it exists. Return what was done.

        Raises:
            BuildFailed: the build failed, was stopped, or took too long.
        """
        if self._exists():
            return f"{self.repository}:{self.tag} exists"
        started = {"projectName": self.project, "idempotencyToken": self.request}
        build = self.codebuild.start_build(**started)["build"]
        while not build.get("buildComplete"):
            if self.seconds_left() < POLL_SECONDS:
                self.codebuild.stop_build(id=build["id"])
                raise BuildFailed(
                    f"the build {build['id']} took too long and was stopped: install less, or "
                    f"build the image yourself (images={{…}}){self._log(build)}"
                )
            self.sleep(POLL_SECONDS)
            (build,) = self.codebuild.batch_get_builds(ids=[build["id"]])["builds"]
        if build["buildStatus"] != "SUCCEEDED":
            status = build["buildStatus"]
            raise BuildFailed(f"the build {build['id']} is {status}{self._why(build)}")
        return f"{self.repository}:{self.tag} was built by {build['id']}"

    def _exists(self) -> bool:
        try:
            found = self.ecr.describe_images(
                repositoryName=self.repository, imageIds=[{"imageTag": self.tag}]
            )
        except self.ecr.exceptions.ImageNotFoundException:
            return False
        return bool(found["imageDetails"])

    def _why(self, build: dict[str, Any]) -> str:
        """Return the end of the log; without a log, what CodeBuild says about the failed phases."""
        contexts = [
            context["message"]
            for phase in build.get("phases", [])
            for context in phase.get("contexts", [])
            if context.get("message")
        ]
        return self._log(build) or f": {'; '.join(contexts) or 'it has no log'}"

    def _log(self, build: dict[str, Any]) -> str:
        """Return the last lines of the log; empty if the build wrote no log."""
        log = build.get("logs", {})
        if not log.get("groupName") or not log.get("streamName"):
            return ""
        try:
            events = self.logs.get_log_events(
                logGroupName=log["groupName"],
                logStreamName=log["streamName"],
                limit=MAX_LINES,
                startFromHead=False,
            )["events"]
        except self.logs.exceptions.ResourceNotFoundException:
            return ""
        lines = "\n".join(event["message"].rstrip() for event in events)
        return f"; the last lines of its log are:\n{lines[-MAX_LOG_LENGTH:]}" if lines else ""


def handler(event: dict[str, Any], context: Any) -> None:
    """Handle a CloudFormation request: "Delete" does nothing, others build the image."""
    properties = event["ResourceProperties"]
    build = ImageBuild(
        codebuild=client("codebuild"),
        ecr=client("ecr"),
        logs=client("logs"),
        project=properties["ProjectName"],
        repository=properties["RepositoryName"],
        tag=properties["ImageTag"],
        request=event["RequestId"],
        seconds_left=lambda: seconds_left(context),
    )
    run_and_respond(
        event,
        physical_id=properties["RepositoryName"],
        work=build.run if event["RequestType"] != "Delete" else lambda: "Nothing to do",
    )
