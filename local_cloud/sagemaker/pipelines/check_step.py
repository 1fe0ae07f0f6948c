"""The common part of ClarifyCheck and QualityCheck steps.

Each runs a processing job that calculates a baseline, and compares the data or the model with the
previous baseline. Source: "Baseline calculation, drift detection and lifecycle",
https://docs.aws.amazon.com/sagemaker/latest/dg/pipelines-quality-clarify-baseline-lifecycle.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from local_cloud.sagemaker.jobs.job_kinds import PROCESSING
from local_cloud.sagemaker.jobs.request_checks import processing_findings
from local_cloud.sagemaker.pipelines.job_step import run_job
from local_cloud.sagemaker.pipelines.step_context import StepContext, StepFailed, StepResult
from local_cloud.sagemaker.pipelines.step_executor import StepExecutor

# Part of a baseline ("Constraints", "Statistics") -> S3 URI of its file.
Baseline = Mapping[str, str]
# Part of a baseline -> its path in the DriftCheckBaselines of a model package.
Registered = Mapping[str, tuple[str, str]]
_FLAGS = ("SkipCheck", "FailOnViolation", "RegisterNewBaseline")
# The configurations of the check and of its job, which are two attributes of the cache key. Source:
# https://docs.aws.amazon.com/sagemaker/latest/dg/pipelines-default-keys.html
_JOB = (
    *("AppSpecification", "Environment", "NetworkConfig", "ProcessingInputs"),
    *("ProcessingOutputConfig", "ProcessingResources", "RoleArn", "StoppingCondition"),
)
_FOLDER = "/opt/ml/processing/baseline"
_VIOLATIONS = "constraint_violations.json"
_VIOLATED = "CompletedWithViolations"


@dataclass(frozen=True)
class CheckKind:
    """A type of check step.

    `files` are the file names of the parts of a baseline. `registered` are the types of checks, and
    where a model package has their baselines.
    """

    step_type: str
    files: Mapping[str, str]
    registered: Mapping[str, Registered]

    @property
    def supplied(self) -> dict[str, str]:
        """The member of a step with the supplied file, for each part of a baseline."""
        return {part: f"SuppliedBaseline{part}" for part in self.files}


def check_executor(kind: CheckKind, *members: str) -> StepExecutor:
    """Return the executor of a type of check step. `members` are those that only it has."""
    own = ("CheckType", "ModelPackageGroupName", *_FLAGS, *kind.supplied.values(), *members)
    return StepExecutor(
        type=kind.step_type,
        run=partial(_run, kind),
        findings=lambda step: processing_findings(step.arguments),
        members=frozenset(own),
        name_argument="ProcessingJobName",
        cache_key_attributes=(*_JOB, *(name for name in own if name != "FailOnViolation")),
    )


def _run(kind: CheckKind, context: StepContext) -> StepResult:
    members = {name: context.evaluate(each) for name, each in context.step.members.items()}
    skips, registers = members.get("SkipCheck", False), members.get("RegisterNewBaseline", False)
    previous = {} if skips and registers else _previous_baseline(kind, context, members)
    request = _request(context.arguments, members, {} if skips else previous)
    shown = {
        "CheckType": members["CheckType"],
        "SkipCheck": skips,
        "RegisterNewBaseline": registers,
        "ModelPackageGroupName": members.get("ModelPackageGroupName"),
    }
    shown = {name: value for name, value in shown.items() if value is not None}

    def report(**more: str) -> None:
        shown.update(more)
        context.report({kind.step_type: dict(shown)})

    job = run_job(
        PROCESSING,
        replace(context, arguments=request),
        created=lambda arn: report(CheckJobArn=arn),
    )
    (output,) = job["ProcessingOutputConfig"]["Outputs"]
    folder = output["S3Output"]["S3Uri"].rstrip("/")
    calculated = {part: f"{folder}/{name}" for part, name in kind.files.items()}
    properties = {
        **_named("CalculatedBaseline", calculated),
        **_named("BaselineUsedForDriftCheck", calculated if registers else previous),
    }
    report(**properties)
    message = job.get("ExitMessage", "")
    if message.startswith(_VIOLATED):
        violations = f"{folder}/{_VIOLATIONS}"
        report(ViolationReport=violations)
        if members.get("FailOnViolation", True):
            raise StepFailed(
                f"ClientError: The check {members['CheckType']} found violations of the baseline "
                f"{', '.join(previous.values())}. {message} The report is {violations}"
            )
    return StepResult(properties)


def _named(prefix: str, baseline: Baseline) -> dict[str, str]:
    return {f"{prefix}{part}": uri for part, uri in baseline.items()}


def _previous_baseline(
    kind: CheckKind, context: StepContext, members: Mapping[str, Any]
) -> Baseline:
    """Return the supplied files, or else those of the latest approved version of the group."""
    supplied = {
        part: members[member] for part, member in kind.supplied.items() if members.get(member)
    }
    group = members.get("ModelPackageGroupName")
    registered = kind.registered[members["CheckType"]]
    found = {} if len(supplied) == len(kind.files) else _of_group(context, group, registered)
    baseline = {**found, **supplied}
    if len(baseline) < len(kind.files):
        section = next(iter(registered.values()))[0]
        raise StepFailed(
            f"ClientError: The check {members['CheckType']} has no previous baseline: expected "
            f"{' and '.join(kind.supplied.values())}, or an approved version with "
            f"DriftCheckBaselines.{section} in ModelPackageGroupName {group}. Set SkipCheck and "
            "RegisterNewBaseline for the first version."
        )
    return baseline


def _of_group(context: StepContext, group: str | None, registered: Registered) -> Baseline:
    if group is None:
        return {}
    client = context.reader("sagemaker")
    listed = client.list_model_packages(
        ModelPackageGroupName=group,
        ModelApprovalStatus="Approved",
        SortBy="CreationTime",
        SortOrder="Descending",
        MaxResults=1,
    )["ModelPackageSummaryList"]
    if not listed:
        return {}
    package = client.describe_model_package(ModelPackageName=listed[0]["ModelPackageArn"])
    baselines = package.get("DriftCheckBaselines", {})
    return dict(_uris(baselines, registered))


def _uris(baselines: Mapping[str, Any], registered: Registered) -> Iterator[tuple[str, str]]:
    for part, (section, member) in registered.items():
        if source := baselines.get(section, {}).get(member):
            yield part, source["S3Uri"]


def _request(
    arguments: Mapping[str, Any], members: Mapping[str, Any], baseline: Baseline
) -> dict[str, Any]:
    """Return the request of the job. How the service passes a baseline is not documented."""
    inputs, variables = list(arguments["ProcessingInputs"]), dict(arguments.get("Environment", {}))
    for part, uri in baseline.items():
        name = f"baseline_{part.lower()}"
        folder = f"{_FOLDER}/{part.lower()}"
        source = {"S3Uri": uri, "LocalPath": folder, "S3DataType": "S3Prefix"}
        inputs.append({"InputName": name, "S3Input": {**source, "S3InputMode": "File"}})
        variables[name] = f"{folder}/{uri.rpartition('/')[2]}"
    if members.get("ModelName"):
        variables["model_name"] = members["ModelName"]
    return {**arguments, "ProcessingInputs": inputs, "Environment": variables}
