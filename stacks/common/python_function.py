"""A Lambda function from the folder `lambda/<name>`, with its own role and log group."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from enum import Enum
from pathlib import Path
from tempfile import TemporaryDirectory

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from pipeline_code.source_files import source_files
from stacks.common.acknowledge import acknowledge
from stacks.common.inline_policy import accept_default_policy
from stacks.common.log_group import log_group
from stacks.common.service_models import VARIABLES, write_service_models
from stacks.common.service_trust import trusted
from stacks.config import Retention

ROOT = Path(__file__).resolve().parents[2]
HANDLERS = ROOT / "lambda"
SHARED = HANDLERS / "shared"
# The memory with which a function has one vCPU (Lambda Developer Guide, "Configure Lambda function
# memory"), which reads and verifies a model of 1 GiB in about ten seconds.
ONE_VCPU_MB = 1769
# The modules of lambda/shared with which a function verifies models.
VERIFICATION = ("model_packages", "refused_models")
# The modules of lambda/shared that are part of every function.
_EVERYWHERE = ("clients", "deadline")

_NOT_IN_VPC = "It calls only AWS APIs, and nothing in the VPC."
_SHARED_CONCURRENCY = (
    "Reserved concurrency reduces the concurrency of the account's other functions, and small "
    "accounts reject it. Only this app calls the function."
)
_REASONS = {
    "AwsSolutions-L1": "The job images contain Python 3.12: all code runs on one version.",
    "NIST.800.53.R5-LambdaInsideVPC": _NOT_IN_VPC,
    "CKV_AWS_117": _NOT_IN_VPC,
    "NIST.800.53.R5-LambdaConcurrency": _SHARED_CONCURRENCY,
    "CKV_AWS_115": _SHARED_CONCURRENCY,
    "W3005": "CDK states the dependency on the role although the function refers to it.",
}


class Caller(Enum):
    """The caller of a function without a dead-letter queue, and what happens to a failed call."""

    CLOUDFORMATION = "CloudFormation waits for the response; without it, the deployment fails."
    STEP = "The step waits for the response, and fails if the function fails."
    CLIENT = "The caller waits for the response, and gets the error of a failed call."
    QUEUE = "Failed messages stay in its queue, and finally go to the dead-letter queue."


class PythonFunction(Construct):
    """One self-contained handler: it needs only the standard library and boto3.

    The code consists of the modules of the folder `handler`, the modules of `lambda/shared` that
    every function has, the further modules `shared`, the packages of this project `packages`, its
    single modules `modules` (such as "pipeline_code.runtime.job_errors", with the packages that
    contain them), and `files` (name -> text). `entry` is the function of handler.py that Lambda
    calls; `environment` are its variables. `service_models` are the services whose requests may be
    newer than the SDK of the runtime. `dead_letters` receives the events for which the function
    failed. The function is not in the VPC, because it calls AWS APIs and CloudFormation's response
    URL, and the VPC has no endpoint for this URL.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        handler: str,
        description: str,
        timeout: cdk.Duration,
        memory_mb: int = 256,
        retention: Retention,
        key: kms.IKey,
        caller: Caller | None = None,
        entry: str = "handler",
        environment: Mapping[str, str] | None = None,
        shared: Sequence[str] = (),
        packages: Sequence[str] = (),
        modules: Sequence[str] = (),
        files: Mapping[str, str] | None = None,
        service_models: Sequence[str] = (),
        dead_letters: sqs.IQueue | None = None,
    ) -> None:
        super().__init__(scope, name)
        group = log_group(self, "LogGroup", retention, key)
        variables = {**(environment or {}), **(VARIABLES if service_models else {})}
        self.role = iam.Role(
            self,
            "Role",
            assumed_by=trusted(self, "lambda.amazonaws.com"),
            description=f"Role of the function that {description}",
        )
        group.grant_write(self.role)
        accept_default_policy(self.role)
        with TemporaryDirectory() as folder:  # CDK copies it to cdk.out immediately
            _assemble(Path(folder), handler, shared, files or {})
            _copy_packages(Path(folder), packages)
            _copy_modules(Path(folder), modules)
            write_service_models(Path(folder), service_models)
            self.function = lambda_.Function(
                self,
                "Function",
                # The Python version of the job images, so that all code runs on one version.
                runtime=lambda_.Runtime.PYTHON_3_12,
                handler=f"handler.{entry}",
                code=lambda_.Code.from_asset(folder),
                description=description[0].upper() + description[1:],
                timeout=timeout,
                memory_size=memory_mb,
                environment=variables,
                environment_encryption=key if variables else None,
                role=self.role,
                log_group=group,
                dead_letter_queue=dead_letters,
            )
        _accept(self.function, caller)


def _accept(function: lambda_.Function, caller: Caller | None) -> None:
    reasons = dict(_REASONS)
    if caller:
        reasons |= dict.fromkeys(("NIST.800.53.R5-LambdaDLQ", "CKV_AWS_116"), caller.value)
    for rule, reason in reasons.items():
        acknowledge(function, rule, reason)


def _assemble(folder: Path, handler: str, shared: Sequence[str], files: Mapping[str, str]) -> None:
    beside = (SHARED / f"{name}.py" for name in (*_EVERYWHERE, *shared))
    modules = [*source_files(HANDLERS / handler, "*.py"), *beside]
    for module in modules:
        shutil.copyfile(module, folder / module.name)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")


def _copy_packages(folder: Path, packages: Sequence[str]) -> None:
    for package in packages:
        for source in source_files(ROOT / package, "**/*"):
            _copy(source, folder)


def _copy_modules(folder: Path, modules: Sequence[str]) -> None:
    for module in modules:
        source = ROOT.joinpath(*module.split(".")).with_suffix(".py")
        for parent in source.relative_to(ROOT).parents:
            if parent != Path():
                _copy(ROOT / parent / "__init__.py", folder)
        _copy(source, folder)


def _copy(source: Path, folder: Path) -> None:
    target = folder / source.relative_to(ROOT)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
