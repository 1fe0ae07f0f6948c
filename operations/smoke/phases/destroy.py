"""Stops running executions, destroys the environment, and lists what remains."""

from __future__ import annotations

from operations.commands.left import remaining_resources
from operations.smoke import SmokeError
from operations.smoke.cdk_command import run_command
from operations.smoke.executions import ACTIVE, ended
from operations.smoke.phase import Phase, SmokeRun

_MAX_MINUTES = 30.0


def _run(run: SmokeRun) -> str:
    stopped = [_stop(run, arn) for arn in _active_executions(run)]
    run_command(run, run.destroy, log="destroy.log")
    found = remaining_resources(run.aws)
    existing = [f"{each.name}: {each.note}" for each in found if each.reason == "not deleted"]
    if existing:
        raise SmokeError("\n".join(["these stacks still exist:", *existing]))
    lines = [f"{each.kind.removeprefix('AWS::')} {each.name} ({each.reason})" for each in found]
    remain = "\n".join([f"{len(found)} resources remain", *lines])
    return "\n".join([*(f"stopped {arn}" for arn in stopped), remain])


def _active_executions(run: SmokeRun) -> list[str]:
    """Return the ARNs of the executions that run: a pipeline with one cannot be deleted."""
    pipelines = run.aws.list_all(
        "sagemaker", "list_pipelines", "PipelineSummaries", PipelineNamePrefix=run.aws.prefix
    )
    return [
        each["PipelineExecutionArn"]
        for pipeline in pipelines
        for each in run.aws.list_all(
            "sagemaker",
            "list_pipeline_executions",
            "PipelineExecutionSummaries",
            PipelineName=pipeline["PipelineName"],
        )
        if each["PipelineExecutionStatus"] in ACTIVE
    ]


def _stop(run: SmokeRun, arn: str) -> str:
    """Stop an execution, and wait until its jobs have ended."""
    run.client("sagemaker").stop_pipeline_execution(PipelineExecutionArn=arn)
    run.wait(arn, lambda: ended(run, arn), minutes=_MAX_MINUTES)
    return arn


PHASE = Phase("destroy", _run)
