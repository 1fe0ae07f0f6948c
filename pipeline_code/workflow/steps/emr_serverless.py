"""EMR Serverless steps: a Spark job on the application of the environment, or on a new one.

Source of the actions: the operations that EMRServerlessStep of the SageMaker SDK names
(https://github.com/aws/sagemaker-python-sdk, sagemaker/mlops/workflow/emr_serverless_step.py), in
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonemrserverless.html. No
page of AWS lists them for SageMaker Pipelines. The rule of EventBridge is that of EMR steps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sagemaker.core.workflow.functions import Join
from sagemaker.mlops.workflow.emr_serverless_step import EMRServerlessJobConfig, EMRServerlessStep

from pipeline_code.compiler.manifest import Access
from pipeline_code.workflow.actions import FOLLOW_BY_RULE, USE_KEY, USE_S3_PATHS
from pipeline_code.workflow.collector import Collector
from pipeline_code.workflow.emr_resources import EmrApplication
from pipeline_code.workflow.environment import role_arn
from pipeline_code.workflow.step_kind import DependsOn, StepKind, awaited
from pipeline_code.workflow.variables import Environment, Uri, access_of

_ON_NEW = (
    "emr-serverless:CreateApplication",
    "emr-serverless:GetApplication",
    "emr-serverless:StartApplication",
)


def _chosen(arguments: Mapping[str, Any]) -> Access:
    """Return the actions for the application of a step, existing or new."""
    return Access(actions=_ON_NEW if "ApplicationConfig" in arguments else ())


KIND = StepKind(
    type="EMRServerless",
    execution=(
        "emr-serverless:CancelJobRun",
        "emr-serverless:GetJobRun",
        "emr-serverless:StartJobRun",
        *FOLLOW_BY_RULE,
    ),
    role="EmrServerless",
    role_field="ExecutionRoleArn",
    inner_role_field="JobConfig.executionRoleArn",
    job=(*USE_S3_PATHS, *USE_KEY),
    chosen=_chosen,
)
# `emr_application` of the pipeline in stacks/environments.py.
APPLICATION = Environment("EmrApplicationId")


class ServerlessStep(EMRServerlessStep):  # type: ignore[misc]  # the SDK publishes no types
    """A job of EMR Serverless. `step["rows"]` is its output `rows`."""

    outputs: Mapping[str, Uri]

    def __getitem__(self, output: str) -> Uri:
        """Return the URI of an output for later steps. Raises KeyError for an unknown output."""
        return self.outputs[output]


def emr_serverless_step(
    p: Collector,
    name: str,
    entry_point: Any,
    arguments: Sequence[Any] = (),
    *,
    outputs: Sequence[str] = (),
    options: Sequence[Any] = (),
    spark: Mapping[str, str] | None = None,
    application: EmrApplication | None = None,
    minutes: int = 60,
    depends_on: DependsOn = None,
) -> ServerlessStep:
    """Add a step that runs `entry_point`, the URI of a .py or .jar file, with `arguments`.

    `outputs` are prefixes of the run in the lake: the job receives each as `--<output> s3://…`, and
    later steps use `step["<output>"]` and depend on the step. `options` are those of spark-submit,
    such as ["--py-files", uri], and `spark` properties of spark-defaults. The job may read the URIs
    in its arguments and options, and write its outputs and its log.

    Without `application`, the job runs on the application of the environment.
    """
    uris = {output: p.folder.run_uri("runs", name, output) for output in outputs}
    targets = [p.folder.run_target("runs", name, output) for output in outputs]
    named = [part for output, uri in uris.items() for part in (f"--{output}", uri)]
    submitted = {
        "entryPoint": entry_point,
        "entryPointArguments": [*arguments, *named],
        **({"sparkSubmitParameters": Join(on=" ", values=list(options))} if options else {}),
    }
    logs = p.folder.run_target("runs", name, "logs")
    defaults = {"classification": "spark-defaults", "properties": dict(spark or {})}
    config = EMRServerlessJobConfig(
        job_driver={"sparkSubmit": submitted},
        execution_role_arn=role_arn("EmrServerless"),
        configuration_overrides={
            **({"applicationConfiguration": [defaults]} if spark else {}),
            "monitoringConfiguration": {"s3MonitoringConfiguration": {"logUri": logs}},
        },
        execution_timeout_minutes=minutes,
    )
    step = ServerlessStep(
        name,
        name,
        name,
        config,
        application_id=None if application else APPLICATION,
        application_config=application.request(f"{p.name}-{name}") if application else None,
        depends_on=awaited(depends_on),
    )
    step.outputs = uris
    needs = KIND.needs(
        name, job=access_of([step.arguments, targets]), execution=_chosen(step.arguments)
    )
    return p.collect(step, needs)
