"""EMR steps: each runs a job on a running cluster, or on a cluster that the step creates.

Source: "EMR step" in https://docs.aws.amazon.com/sagemaker/latest/dg/build-and-manage-steps-types.html
and the policy AmazonSageMakerPipelinesIntegrations with the calls of the service,
https://docs.aws.amazon.com/sagemaker/latest/dg/security-iam-awsmanpol-pipelines.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local_cloud.sagemaker.pipelines.emr_waiting import follow_by_rule, wait_until
from local_cloud.sagemaker.pipelines.step_context import (
    StepContext,
    StepFailed,
    StepResult,
    StepStopped,
)
from local_cloud.sagemaker.pipelines.step_executor import StepExecutor

_STEP_RULE = "SageMakerPipelineExecutionEMRStepStatusUpdateRule"
_CLUSTER_RULE = "SageMakerPipelineExecutionEMRClusterStatusUpdateRule"
_STEP_ENDED = ("COMPLETED", "CANCELLED", "FAILED", "INTERRUPTED")
_CLUSTER_ENDED = ("TERMINATED", "TERMINATED_WITH_ERRORS")


def _run(context: StepContext) -> StepResult:
    if "ClusterId" in context.arguments:
        return _on_running_cluster(context)
    return _on_new_cluster(context)


def _on_running_cluster(context: StepContext) -> StepResult:
    cluster: str = context.arguments["ClusterId"]
    follow_by_rule(context, _STEP_RULE)
    role = context.arguments.get("ExecutionRoleArn")
    added = context.client("emr").add_job_flow_steps(
        JobFlowId=cluster,
        Steps=[_config(context, on_failure="CONTINUE")],
        **({"ExecutionRoleArn": role} if role else {}),
    )
    step_id = added["StepIds"][0]
    _report(context, cluster, step_id)
    reader = context.reader("emr")
    context.stop_signal.on_request(
        lambda: reader.cancel_steps(
            ClusterId=cluster, StepIds=[step_id], StepCancellationOption="TERMINATE_PROCESS"
        )
    )
    described = wait_until(
        lambda: reader.describe_step(ClusterId=cluster, StepId=step_id)["Step"],
        _state,
        _STEP_ENDED,
    )
    return _result(context, cluster, described)


def _on_new_cluster(context: StepContext) -> StepResult:
    given: Mapping[str, Any] = context.arguments["ClusterConfig"]
    follow_by_rule(context, _CLUSTER_RULE)
    own = {"KeepJobFlowAliveWhenNoSteps": False, "TerminationProtected": False}
    cluster: str = context.client("emr").run_job_flow(
        **{
            **given,
            "Name": context.name,
            "Steps": [_config(context, on_failure="TERMINATE_CLUSTER")],
            "Instances": {**given["Instances"], **own},
        }
    )["JobFlowId"]
    reader = context.reader("emr")
    context.stop_signal.on_request(lambda: reader.terminate_job_flows(JobFlowIds=[cluster]))
    (listed,) = reader.list_steps(ClusterId=cluster)["Steps"]
    _report(context, cluster, listed["Id"])
    wait_until(
        lambda: reader.describe_cluster(ClusterId=cluster)["Cluster"], _state, _CLUSTER_ENDED
    )
    described = reader.describe_step(ClusterId=cluster, StepId=listed["Id"])["Step"]
    return _result(context, cluster, described)


def _state(described: Mapping[str, Any]) -> str:
    state: str = described["Status"]["State"]
    return state


def _config(context: StepContext, *, on_failure: str) -> dict[str, Any]:
    """Return the StepConfig, with the members that the service sets."""
    jar = dict(context.arguments["StepConfig"]["HadoopJarStep"])
    if "Properties" in jar:
        jar["Properties"] = [
            {name.title(): value for name, value in each.items()} for each in jar["Properties"]
        ]
    return {"Name": context.name, "ActionOnFailure": on_failure, "HadoopJarStep": jar}


def _report(context: StepContext, cluster: str, step_id: str) -> None:
    context.report({"EMR": {"ClusterId": cluster, "StepId": step_id, "StepName": context.name}})


def _result(context: StepContext, cluster: str, described: Mapping[str, Any]) -> StepResult:
    status = described["Status"]
    failure = status.get("FailureDetails", {})
    if failure.get("LogFile"):
        shown = {"ClusterId": cluster, "StepId": described["Id"], "StepName": context.name}
        context.report({"EMR": {**shown, "LogFilePath": failure["LogFile"]}})
    if status["State"] == "COMPLETED":
        return StepResult({**described, "ClusterId": cluster})
    if context.stop_signal.requested.is_set():
        raise StepStopped
    reason = failure.get("Message") or f"the step is {status['State']}"
    raise StepFailed(f"ClientError: The EMR step {described['Id']} of {cluster} failed: {reason}")


EXECUTOR = StepExecutor(type="EMR", run=_run, cache_key_attributes=("ClusterId", "StepConfig"))
