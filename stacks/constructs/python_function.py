"""A Lambda function from `lambda/<name>/handler.py`, with a role and a log group of its own."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from stacks.config import Retention
from stacks.constructs.acknowledge import accept_lint, acknowledge
from stacks.constructs.log_group import log_group

HANDLERS = Path(__file__).resolve().parents[2] / "lambda"


class PythonFunction(Construct):
    """One self-contained handler: the standard library and boto3 are all it needs.

    `entry` is the function in it that is called, `environment` its variables; `files` (name ->
    text) are put beside the handler. The function is not in the VPC: it calls
    AWS APIs and the response address of CloudFormation, which has no endpoint there.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        handler: str,
        description: str,
        timeout: cdk.Duration,
        retention: Retention,
        entry: str = "handler",
        environment: Mapping[str, str] | None = None,
        files: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(scope, name)
        group = log_group(self, "LogGroup", retention)
        self.role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            description=f"Role of the function that {description}",
        )
        group.grant_write(self.role)
        with TemporaryDirectory() as folder:  # CDK copies it to cdk.out at once
            _assemble(Path(folder), handler, files or {})
            self.function = lambda_.Function(
                self,
                "Function",
                # The Python of the job images, so that one version runs everything.
                runtime=lambda_.Runtime.PYTHON_3_12,
                handler=f"handler.{entry}",
                code=lambda_.Code.from_asset(folder),
                description=description[0].upper() + description[1:],
                timeout=timeout,
                memory_size=256,
                environment=environment,
                role=self.role,
                log_group=group,
            )
        acknowledge(
            self.function,
            "AwsSolutions-L1",
            "Python 3.12 is what the job images hold: one version runs everything.",
        )
        accept_lint(self.function, "W3005", "CDK states the dependency on the role itself.")


def _assemble(folder: Path, handler: str, files: Mapping[str, str]) -> None:
    shutil.copyfile(HANDLERS / handler / "handler.py", folder / "handler.py")
    for name, text in files.items():
        (folder / name).write_text(text)
