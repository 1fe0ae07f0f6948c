"""EMR steps: a job on a running cluster, or on a cluster that the step creates and ends.

Source of the actions: the policy AmazonSageMakerPipelinesIntegrations,
https://docs.aws.amazon.com/sagemaker/latest/dg/security-iam-awsmanpol-pipelines.html. SageMaker
Pipelines follows the job by a rule of EventBridge with a fixed name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sagemaker.mlops.workflow.emr_step import EMRStep, EMRStepConfig

from pipeline_code.compiler.manifest import NOTHING, Access
from pipeline_code.workflow.actions import FOLLOW_BY_RULE, USE_KEY, USE_S3_PATHS
from pipeline_code.workflow.collector import Collector
from pipeline_code.workflow.emr_resources import EmrCluster
from pipeline_code.workflow.step_kind import DependsOn, StepKind, awaited
from pipeline_code.workflow.variables import Environment, Uri, access_of

_ON_RUNNING = ("elasticmapreduce:AddJobFlowSteps", "elasticmapreduce:CancelSteps")
_ON_NEW = (
    "elasticmapreduce:AddTags",
    "elasticmapreduce:DescribeCluster",
    "elasticmapreduce:ListSteps",
    "elasticmapreduce:RunJobFlow",
    "elasticmapreduce:TerminateJobFlows",
    "iam:PassRole",
)


def _chosen(arguments: Mapping[str, Any]) -> Access:
    """Return the actions for the cluster of a step, running or new."""
    return Access(actions=_ON_NEW if "ClusterConfig" in arguments else _ON_RUNNING)


KIND = StepKind(
    type="EMR",
    execution=("elasticmapreduce:DescribeStep", *FOLLOW_BY_RULE),
    chosen=_chosen,
)
# The cluster of the environment: `emr_cluster` of the pipeline in stacks/environments.py.
CLUSTER = Environment("EmrClusterId")
# Runs a command of the cluster, such as spark-submit.
# https://docs.aws.amazon.com/emr/latest/ReleaseGuide/emr-commandrunner.html
COMMAND_RUNNER = "command-runner.jar"
_JOB = Access(actions=(*USE_S3_PATHS, *USE_KEY))


class EmrStep(EMRStep):  # type: ignore[misc]  # the SDK publishes no types
    """A job of EMR. `step["rows"]` is its output `rows`."""

    outputs: Mapping[str, Uri]

    def __getitem__(self, output: str) -> Uri:
        """Return the URI of an output for later steps. Raises KeyError for an unknown output."""
        return Uri(self.emr_outputs[output], self.outputs[output].access)


def emr_step(
    p: Collector,
    name: str,
    arguments: Sequence[Any],
    *,
    jar: str = COMMAND_RUNNER,
    main_class: str | None = None,
    outputs: Sequence[str] = (),
    cluster: EmrCluster | None = None,
    depends_on: DependsOn = None,
) -> EmrStep:
    """Add a step that runs `arguments`, such as ["spark-submit", "s3://…/job.py"], on a cluster.

    `outputs` are prefixes of the run in the lake: the job receives each as `--<output> s3://…`, and
    later steps use `step["<output>"]`. With `jar`, the URI of a JAR in S3, its main class runs.

    Without `cluster`, the job runs on the cluster of the environment, with the role of this
    cluster. With `cluster`, the step creates one, whose role may read the URIs in `arguments` and
    write the outputs.
    """
    uris = {output: p.folder.run_uri("runs", name, output) for output in outputs}
    config = EMRStepConfig(
        jar=jar, args=list(arguments), main_class=main_class, output_args=dict(uris)
    )
    logs = p.folder.run_target("runs", name, "logs")
    created = cluster.request(p.folder.tags, logs) if cluster else None
    step = EmrStep(
        name,
        name,
        name,
        None if cluster else CLUSTER,
        config,
        depends_on=awaited(depends_on),
        cluster_config=created,
    )
    step.outputs = uris
    written = [p.folder.run_target("runs", name, output) for output in outputs]
    needs = KIND.needs(
        name,
        role="EmrCluster" if cluster else None,
        job=_JOB | access_of([config.args, created, written]) if cluster else NOTHING,
        execution=_chosen(step.arguments),
    )
    return p.collect(step, needs)
