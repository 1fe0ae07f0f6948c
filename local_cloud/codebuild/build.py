"""A build: its source from S3, its commands with the role of its project, its log."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from botocore.exceptions import ClientError

from local_cloud.archives import ArchiveRefused, unpack_zip
from local_cloud.build_commands import read_specification, start_commands
from local_cloud.child_environment import build_variables
from local_cloud.context import Cloud
from local_cloud.image_builds.docker import IMAGES_VARIABLE
from local_cloud.sagemaker.jobs.log_stream import LogStream

IN_PROGRESS, SUCCEEDED, FAILED, STOPPED, TIMED_OUT = (
    *("IN_PROGRESS", "SUCCEEDED", "FAILED"),
    *("STOPPED", "TIMED_OUT"),
)
# The folder of the packages of images, in the state folder.
IMAGES = "images"
_PROGRAMS = ("aws", "docker")
_PACKAGE_ROOT = str(Path(__file__).resolve().parents[2])


class Build:
    """A build of a project, which runs in a thread of its own until it has a final status."""

    def __init__(self, cloud: Cloud, project: Mapping[str, Any]) -> None:
        self.project = project
        self.status = IN_PROGRESS
        self._cloud = cloud
        self._name = str(uuid.uuid4())
        self.id = f"{project['name']}:{self._name}"
        self._started = datetime.now(UTC)
        self._ended: datetime | None = None
        self._phase, self._message = "QUEUED", ""
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name=f"build-{self.id}", daemon=True)

    def start(self) -> None:
        """Start the build."""
        self._thread.start()

    def stop(self, status: str = STOPPED) -> None:
        """Stop the commands. No-op if the build has ended."""
        with self._lock:
            if self.status != IN_PROGRESS:
                return
            self.status = status
            if self._process is not None:
                _kill(self._process)

    def join(self) -> None:
        """Wait until the build has ended."""
        self._thread.join()

    @property
    def is_complete(self) -> bool:
        """Whether the build has ended."""
        return self._ended is not None

    def document(self) -> dict[str, Any]:
        """Describe the build as BatchGetBuilds does."""
        ended = {"endTime": self._ended.timestamp()} if self._ended else {}
        phase: dict[str, Any] = {"phaseType": self._phase}
        if self._message:
            phase |= {"phaseStatus": FAILED, "contexts": [{"message": self._message}]}
        return {
            "id": self.id,
            "arn": self.project["arn"].replace(":project/", ":build/") + f":{self._name}",
            "projectName": self.project["name"],
            "buildStatus": self.status if self.is_complete else IN_PROGRESS,
            "buildComplete": self.is_complete,
            "currentPhase": "COMPLETED" if self.is_complete else self._phase,
            "startTime": self._started.timestamp(),
            **ended,
            "phases": [phase],
            "logs": {"groupName": self._log_group, "streamName": self._name},
            "serviceRole": self.project["serviceRole"],
        }

    @property
    def _log_group(self) -> str:
        configured = self.project.get("logsConfig", {}).get("cloudWatchLogs", {})
        return str(configured.get("groupName") or f"/aws/codebuild/{self.project['name']}")

    def _run(self) -> None:
        try:
            with TemporaryDirectory(prefix="build-") as folder:
                self._build(Path(folder))
        except (ArchiveRefused, ClientError) as error:
            self._message = f"{type(error).__name__}: {error}"
            self._end(FAILED)
        except Exception as error:  # boundary of a thread: the caller waits for a status
            self._message = f"{type(error).__name__}: {error}"
            self._end("FAULT")
            raise

    def _build(self, folder: Path) -> None:
        source, home = folder / "source", folder / "home"
        source.mkdir()
        home.mkdir()
        session = self._cloud.environment(self.project["serviceRole"], f"AWSCodeBuild-{self._name}")
        self._phase = "DOWNLOAD_SOURCE"
        bucket, _, key = self.project["source"]["location"].partition("/")
        s3 = self._cloud.client_with(session, "s3")
        unpack_zip(s3.get_object(Bucket=bucket, Key=key)["Body"].read(), source)
        self._phase = "BUILD"
        specification = read_specification(self.project["source"]["buildspec"])
        environment = {
            **build_variables(self._cloud),
            **session,
            **_programs(folder / "bin"),
            "HOME": str(home),
            "TMPDIR": str(folder),
            IMAGES_VARIABLE: str(self._cloud.state.resolve() / IMAGES),
            "CODEBUILD_BUILD_ID": self.id,
            **specification.variables,
            **_variables(self.project),
        }
        with self._lock:
            if self.status != IN_PROGRESS:  # stopped before its commands
                self._ended = datetime.now(UTC)
                return
            self._process = start_commands(
                specification.commands,
                folder=source,
                environment=environment,
                output=subprocess.PIPE,
                own_group=True,
            )
        code = self._wait(session)
        if code:
            self._message = f"Error while executing commands. Reason: exit status {code}"
        self._end(FAILED if code else SUCCEEDED)

    def _wait(self, session: Mapping[str, str]) -> int:
        """Copy the output to the log until the commands end; return their exit code."""
        assert self._process is not None
        assert self._process.stdout is not None
        stream = LogStream(
            self._cloud.client_with(session, "logs"),
            group=self._log_group,
            name=self._name,
            observe=lambda line: None,
        )
        minutes = float(self.project.get("timeoutInMinutes") or 60)
        clock = threading.Timer(minutes * 60, self.stop, [TIMED_OUT])
        clock.daemon = True
        clock.start()
        try:
            with self._process as process:  # closes its output
                stream.copy(self._process.stdout)
            return process.returncode
        finally:
            clock.cancel()

    def _end(self, status: str) -> None:
        with self._lock:
            self.status = status if self.status == IN_PROGRESS else self.status
            self._ended = datetime.now(UTC)


def _kill(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)


def _variables(project: Mapping[str, Any]) -> dict[str, str]:
    given = project["environment"].get("environmentVariables") or []
    return {each["name"]: each["value"] for each in given}


def _programs(folder: Path) -> dict[str, str]:
    """Write the programs that replace Docker and the AWS CLI; return the variables to find them."""
    folder.mkdir()
    for name in _PROGRAMS:
        program = folder / name
        command = shlex.join([sys.executable, "-m", f"local_cloud.image_builds.{name}"])
        program.write_text(f'#!/bin/sh\nexec {command} "$@"\n')
        program.chmod(0o755)
    path = build_variables(None)["PATH"]
    return {"PATH": os.pathsep.join([str(folder), path]), "PYTHONPATH": _PACKAGE_ROOT}
