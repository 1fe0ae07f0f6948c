"""Lambda steps: the step calls a deployed function with values of the run.

Source of the actions: SageMaker Developer Guide, "IAM Access Management" of Pipelines.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sagemaker.mlops.workflow.lambda_step import LambdaOutput, LambdaStep

from pipeline_code.compiler.manifest import Place
from pipeline_code.workflow.collector import Collector
from pipeline_code.workflow.step_kind import DependsOn, StepKind, awaited
from pipeline_code.workflow.variables import Environment

KIND = StepKind(type="Lambda", execution=("lambda:InvokeFunction",))


class InvokeStep(LambdaStep):  # type: ignore[misc]  # the SDK publishes no types
    """A Lambda step of a deployed function. `step["rows"]` is its output `rows`.

    The Lambda step of the SDK is not used, because it creates or updates the function.
    """

    def _get_function_arn(self) -> Any:
        return self.lambda_func

    def __getitem__(self, output: str) -> Any:
        return self.properties.Outputs[output]


def invoke(
    p: Collector,
    name: str,
    function: Environment,
    arguments: Mapping[str, Any],
    *,
    outputs: Sequence[str] = (),
    extracted: Sequence[Place] = (),
    depends_on: DependsOn = None,
) -> InvokeStep:
    """Add a step that calls the function with the ARN `function`, for at most ten minutes.

    The function receives `arguments` as its event and returns an object with the `outputs`.
    SageMaker Pipelines does not retry an error that the function raises. The error is the failure
    reason of the step. In the places `extracted` the function keeps days of extractions.
    """
    step = InvokeStep(
        name,
        lambda_func=function,
        inputs=dict(arguments),
        outputs=[LambdaOutput(output) for output in outputs],
        depends_on=awaited(depends_on),
    )
    return p.collect(step, KIND.needs(name, functions=[function.name], extracted=extracted))
