"""Runs the app's synthesis and the real CDK CLI, with Node.js from this virtual environment."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local_cloud.child_environment import app_variables, cdk_variables
from local_cloud.context import ACCOUNT_ID, Cloud
from local_cloud.errors import DeployFailed

_LINES_SHOWN = 40


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
        variables = app_variables(self.cloud)
        shutil.rmtree(output, ignore_errors=True)
        if "build" in settings:
            self._check(
                _shell(settings["build"]), self.folder, variables, failure="the app was not built"
            )
        variables |= {
            "CDK_OUTDIR": str(output),
            "CDK_CONTEXT_JSON": json.dumps(context),
            "CDK_DEFAULT_ACCOUNT": ACCOUNT_ID,
            "CDK_DEFAULT_REGION": self.cloud.region,
            "CDK_VALIDATION": "false",
        }
        self._check(
            _shell(settings["app"]), self.folder, variables, failure="the app was not synthesised"
        )

    def bootstrap(self) -> None:
        """Run `cdk bootstrap`. Raises `DeployFailed`."""
        # In a folder with cdk.json, the CLI would synthesise the app first.
        target = f"aws://{ACCOUNT_ID}/{self.cloud.region}"
        command = [self._cli(), "bootstrap", "--no-notices", target]
        self._check(
            command,
            self.cloud.state,
            cdk_variables(self.cloud),
            failure="the account was not bootstrapped",
        )

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
            log.open("w", encoding="utf-8") as file,
            subprocess.Popen(
                [self._cli(), command, *options],
                cwd=self.cloud.state,
                env=cdk_variables(self.cloud),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                errors="replace",
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
        try:
            document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except ValueError as error:
            raise DeployFailed(f"{path} is not valid JSON: {error}") from error
        return document

    def _cli(self) -> str:
        """Return the path of the app's CDK CLI, else the path of the `cdk` in PATH."""
        variables = cdk_variables(self.cloud)
        folder = self.folder / "node_modules" / ".bin"
        found = shutil.which("cdk", path=os.pathsep.join([str(folder), variables["PATH"]]))
        if found is None:
            raise DeployFailed(
                f"There is no CDK CLI in {folder} or on the path: run `npm ci`, or "
                "`npm install aws-cdk` in the app's folder."
            )
        return found

    def _check(
        self, command: list[str], folder: Path, variables: Mapping[str, str], *, failure: str
    ) -> None:
        done = subprocess.run(
            command,
            cwd=folder,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
        if done.returncode != 0:
            end = "\n".join(done.stdout.strip().splitlines()[-_LINES_SHOWN:])
            raise DeployFailed(f"{failure} (exit code {done.returncode}):\n{end}")


def _shell(line: str) -> list[str]:
    return ["/bin/sh", "-c", line]
