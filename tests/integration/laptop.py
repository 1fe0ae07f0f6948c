"""A laptop cloud, used with its commands and with boto3."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from local_cloud.cli import command_names
from local_cloud.client import connect
from local_cloud.context import Cloud

REPOSITORY = Path(__file__).parents[2]
APP_OF_LOCAL_PIPELINES = REPOSITORY / "tests" / "application" / "app_of_local_pipelines.py"


@dataclass(frozen=True)
class Laptop:
    """The command line and boto3 clients of a laptop cloud.

    The commands run in `folder`, which has the app. `environment` is added to their environment
    variables.
    """

    state: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: Path = REPOSITORY

    def command(self, *arguments: str | Path) -> list[str]:
        """Return the command line of a command of the laptop cloud, or else of the client."""
        program = "local_cloud" if arguments[0] in command_names() else "operations"
        return [
            sys.executable, "-m", program, "--state", str(self.state), *map(str, arguments)
        ]  # fmt: skip

    def run(self, *arguments: str | Path, code: int | None = 0) -> subprocess.CompletedProcess[str]:
        """Run a command and check its exit code; with a code of None, any exit code is accepted."""
        ended = subprocess.run(
            self.command(*arguments),
            cwd=self.folder,
            env={**os.environ, **self.environment},
            capture_output=True,
            text=True,
            timeout=600,
        )
        assert code in (None, ended.returncode), self._explain(ended)
        return ended

    def _explain(self, ended: subprocess.CompletedProcess[str]) -> str:
        """Return the output of a command, and the logs of its failed jobs."""
        lines = [str(ended.args), ended.stdout, ended.stderr]
        if '"failure_reason"' in ended.stdout:
            summary = json.loads(ended.stdout)
            execution = summary["execution_id"]
            for failed in summary["steps"]:
                if failed["status"] == "Failed":
                    logs = self.run("logs", execution, failed["name"], code=None)
                    lines += [f"logs of {failed['name']}:", logs.stdout[-5_000:], logs.stderr]
        return "\n".join(lines)

    def json(self, *arguments: str | Path, code: int | None = 0) -> Any:
        return json.loads(self.run(*arguments, "--json", code=code).stdout)

    def cloud(self) -> Cloud:
        return connect(self.state)

    def client(self, service: str) -> Any:
        return self.cloud().client(service)

    def read(self, uri: str) -> bytes:
        """Return the bytes of one object."""
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        body: bytes = self.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
        return body

    def uris(self, prefix: str) -> list[str]:
        """Return the URIs of the objects below a prefix."""
        bucket, _, key = prefix.removeprefix("s3://").partition("/")
        pages = self.client("s3").get_paginator("list_objects_v2")
        return [
            f"s3://{bucket}/{found['Key']}"
            for page in pages.paginate(Bucket=bucket, Prefix=key)
            for found in page.get("Contents", [])
        ]

    def packages(self, group: str = "redline-local-tickit") -> list[str]:
        """Return the ARNs of the registered packages of a group."""
        found = self.client("sagemaker").list_model_packages(ModelPackageGroupName=group)
        return [package["ModelPackageArn"] for package in found["ModelPackageSummaryList"]]

    def output(self, stack: str, key: str) -> str:
        """Return one output of a deployed stack."""
        stacks = self.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
        return next(
            output["OutputValue"]
            for output in stacks[0]["Outputs"]
            if output["OutputKey"] == key
        )  # fmt: skip


@contextmanager
def started(laptop: Laptop) -> Iterator[Laptop]:
    """Start a laptop cloud; stop it at the end."""
    laptop.run("up")
    try:
        yield laptop
    finally:
        laptop.run("down")


@contextmanager
def deployed(folder: Path, *pipelines: str) -> Iterator[Laptop]:
    """Start a laptop cloud, deploy `local` and load generated data; stop it at the end.

    With `pipelines`, only these pipelines of the environment are deployed, which takes half as long
    for one pipeline as for all.
    """
    with empty(folder, *pipelines) as laptop:
        laptop.run("load")
        yield laptop


@contextmanager
def empty(folder: Path, *pipelines: str) -> Iterator[Laptop]:
    """Start a laptop cloud and deploy `local` like `deployed`, without data."""
    with started(unstarted(folder, *pipelines)) as laptop:
        laptop.run("deploy", "local")
        yield laptop


def unstarted(folder: Path, *pipelines: str) -> Laptop:
    """Return a laptop cloud in `folder`, with the app of `deployed`."""
    laptop = Laptop(folder / "state")
    if not pipelines:
        return laptop
    app = folder / "app"
    settings = (REPOSITORY / "pyproject.toml").read_text()
    write_app(app, APP_OF_LOCAL_PIPELINES, settings=settings, pipelines=pipelines)
    return replace(laptop, folder=app, environment=IMPORTS)


# The app in another folder imports the modules of this repository.
IMPORTS = {"PYTHONPATH": str(REPOSITORY)}
# The settings of an app whose executions `tick` follows.
FOLLOWED = """\
[tool.laptop]
follow = ["python", "-m", "operations", "--env", "{environment}", "describe", "--follow"]
"""


def write_app(folder: Path, app: Path, *, settings: str = FOLLOWED, **context: object) -> None:
    """Write a folder with a CDK app that has this context. `settings` are its pyproject.toml."""
    folder.mkdir(exist_ok=True)
    cdk = {"app": f"{sys.executable} {app}", "context": context}
    (folder / "cdk.json").write_text(json.dumps(cdk))
    (folder / "pyproject.toml").write_text(settings)
    if not (folder / "node_modules").exists():
        (folder / "node_modules").symlink_to(REPOSITORY / "node_modules")


def step(summary: dict[str, Any], name: str) -> dict[str, Any]:
    """Return one step of a summary."""
    return next(found for found in summary["steps"] if found["name"] == name)


def statuses(summary: dict[str, Any], names: Sequence[str]) -> dict[str, str]:
    """Return name -> status of these steps."""
    return {name: step(summary, name)["status"] for name in names}
