"""Rules for EMR and EMRServerless steps. Source: EMRStep and EMRServerlessStep of the SDK.

No model of botocore's SageMaker describes these steps. Arguments of EMR are StepConfig and either
ClusterId or ClusterConfig (RunJobFlow of EMR); those of EMRServerless are JobConfig (StartJobRun)
and either ApplicationId or ApplicationConfig (CreateApplication).
"""

from collections.abc import Iterator, Mapping
from typing import Any

from local_cloud.definition_rules.definition import Definition
from local_cloud.definition_rules.document import Step
from local_cloud.definition_rules.findings import Finding
from local_cloud.definition_rules.step_type import StepType

# SageMaker Pipelines sets these members of RunJobFlow.
_OF_THE_SERVICE = ("Name", "Steps", "AutoTerminationPolicy")
_OF_INSTANCES = ("KeepJobFlowAliveWhenNoSteps", "TerminationProtected")
_GROUPS = ("InstanceGroups", "InstanceFleets")


def check_emr(definition: Definition, step: Step) -> Iterator[Finding]:
    """Yield errors of the job and the cluster of an EMR step."""
    path, arguments = f"{step.path}.Arguments", step.arguments
    yield from _exactly_one(step, path, arguments, ("ClusterId", "ClusterConfig"))
    if "ExecutionRoleArn" in arguments and "ClusterId" not in arguments:
        rule, allowed = "role without a cluster", "ExecutionRoleArn with ClusterId only"
        value, where = arguments["ExecutionRoleArn"], f"{path}.ExecutionRoleArn"
        yield Finding(rule, step.name, where, value, allowed, "leave it out")
    yield from _required(step, path, arguments, ("StepConfig", "HadoopJarStep", "Jar"))
    cluster = arguments.get("ClusterConfig")
    if isinstance(cluster, dict):
        yield from _cluster(step, f"{path}.ClusterConfig", cluster)


def check_serverless(definition: Definition, step: Step) -> Iterator[Finding]:
    """Yield errors of the job and the application of an EMR Serverless step."""
    path, arguments = f"{step.path}.Arguments", step.arguments
    yield from _exactly_one(step, path, arguments, ("ApplicationId", "ApplicationConfig"))
    yield from _required(step, path, arguments, ("ExecutionRoleArn",))
    yield from _required(step, path, arguments, ("JobConfig", "jobDriver"))


def _cluster(step: Step, path: str, cluster: Mapping[str, Any]) -> Iterator[Finding]:
    yield from _forbidden(step, path, cluster, _OF_THE_SERVICE)
    instances = cluster.get("Instances")
    if not isinstance(instances, dict):
        yield from _required(step, path, cluster, ("Instances",))
        return
    path = f"{path}.Instances"
    yield from _forbidden(step, path, instances, _OF_INSTANCES)
    yield from _exactly_one(step, path, instances, _GROUPS)


def _forbidden(
    step: Step, path: str, value: Mapping[str, Any], names: tuple[str, ...]
) -> Iterator[Finding]:
    for name in names:
        if name in value:
            rule, allowed = "member that the service sets", "a cluster without it"
            yield Finding(rule, step.name, f"{path}.{name}", value[name], allowed, "leave it out")


def _exactly_one(
    step: Step, path: str, value: Mapping[str, Any], names: tuple[str, str]
) -> Iterator[Finding]:
    given = [name for name in names if value.get(name)]
    if len(given) != 1:
        rule, allowed = f"not exactly one of {' and '.join(names)}", f"one of {', '.join(names)}"
        yield Finding(rule, step.name, path, given, allowed, "set one of them")


def _required(
    step: Step, path: str, value: Mapping[str, Any], names: tuple[str, ...]
) -> Iterator[Finding]:
    """Yield a missing member; `names` is its path."""
    found: Any = value
    for name in names:
        path, found = f"{path}.{name}", found.get(name) if isinstance(found, dict) else None
    if not found:
        yield Finding("missing field", step.name, path, found, f"a {names[-1]}", "add the field")


STEP_TYPES = (
    StepType(name="EMR", members=None, check=check_emr),
    StepType(name="EMRServerless", members=None, check=check_serverless),
)
