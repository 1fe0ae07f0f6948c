"""Put steps and parameters together to a pipeline that compiles offline and without a word."""

import json
from collections.abc import Sequence
from typing import Any

from sagemaker.core.helper.session_helper import Session
from sagemaker.core.workflow.parameters import Parameter, ParameterString
from sagemaker.mlops.workflow.pipeline import Pipeline

from pipeline_code.definition.document import references_of
from pipeline_code.definition.names import ENVIRONMENT_PARAMETERS
from pipeline_code.definition.steps.folder import PipelineFolder


def define(
    folder: PipelineFolder, *, parameters: Sequence[Parameter], steps: Sequence[Any]
) -> Pipeline:
    """The folder's pipeline: its own `parameters`, and those of the environment that it uses."""
    pipeline = Pipeline(
        name=folder.name,
        parameters=list(parameters),
        steps=list(steps),
        # No experiment: its records repeat what executions already show, and need more rights.
        pipeline_experiment_config=None,
        sagemaker_session=offline_session(),
    )
    used = {name for _, name in references_of(json.loads(pipeline.definition()))}
    pipeline.parameters += [
        ParameterString(name) for name in ENVIRONMENT_PARAMETERS if f"Parameters.{name}" in used
    ]
    return pipeline


def offline_session() -> Session:
    """A session for a process that `go_offline` has prepared; it reports to nobody."""
    config = {
        "SchemaVersion": "1.0",
        "SageMaker": {"PythonSDK": {"Modules": {"TelemetryOptOut": True}}},
    }
    return Session(sagemaker_config=config)
