"""EMR steps: a job on a running cluster, such as a Spark job.

Source of the actions: the policy AmazonSageMakerPipelinesIntegrations,
https://docs.aws.amazon.com/sagemaker/latest/dg/security-iam-awsmanpol-pipelines.html, without what
creates clusters. SageMaker Pipelines follows the job by a rule of EventBridge with a fixed name.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sagemaker.mlops.workflow.emr_step import EMRStep, EMRStepConfig

from pipeline_code.workflow.collector import Collector
from pipeline_code.workflow.step_kind import DependsOn, StepKind, awaited
from pipeline_code.workflow.variables import Environment

KIND = StepKind(
    type="EMR",
    execution=(
        "elasticmapreduce:AddJobFlowSteps",
        "elasticmapreduce:CancelSteps",
        "elasticmapreduce:DescribeStep",
        "events:DescribeRule",
        "events:PutRule",
        "events:PutTargets",
    ),
)
# The cluster of the environment: `emr_cluster` of the pipeline in stacks/environments.py.
CLUSTER = Environment("EmrClusterId")
# Runs a command of the cluster, such as spark-submit.
# https://docs.aws.amazon.com/emr/latest/ReleaseGuide/emr-commandrunner.html
COMMAND_RUNNER = "command-runner.jar"


def emr_step(
    p: Collector,
    name: str,
    arguments: Sequence[Any],
    *,
    jar: str = COMMAND_RUNNER,
    main_class: str | None = None,
    depends_on: DependsOn = None,
) -> EMRStep:
    """Add a step that runs `arguments`, such as ["spark-submit", "s3://…/job.py"], on the cluster.

    The job has the role of the cluster, not a role of the pipeline. With `jar`, the URI of a JAR
    in S3, its main class runs.
    """
    config = EMRStepConfig(jar=jar, args=list(arguments), main_class=main_class)
    step = EMRStep(name, name, name, CLUSTER, config, depends_on=awaited(depends_on))
    return p.collect(step, KIND.needs(name))
