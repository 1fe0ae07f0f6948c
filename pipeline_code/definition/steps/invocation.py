"""Steps that are carried out outside of SageMaker: a function, or whoever reads a queue."""

from collections.abc import Mapping, Sequence
from typing import Any

from sagemaker.mlops.workflow.callback_step import CallbackOutput, CallbackStep
from sagemaker.mlops.workflow.lambda_step import LambdaOutput, LambdaStep


class _InvokeStep(LambdaStep):  # type: ignore[misc]  # the SDK publishes no types
    """A Lambda step whose function is deployed already: the SDK's own would update it."""

    def _get_function_arn(self) -> Any:
        return self.lambda_func


def lambda_step(
    name: str, *, function: Any, arguments: Mapping[str, Any], outputs: Sequence[str]
) -> LambdaStep:
    """A step that calls the function with the ARN `function` and waits, ten minutes at most.

    The function gets `arguments` as its event and answers with an object that holds `outputs`.
    Pipelines never retry it: what it raises is the step's reason of failure.
    """
    return _InvokeStep(
        name,
        lambda_func=function,
        inputs=dict(arguments),
        outputs=[LambdaOutput(output) for output in outputs],
    )


def callback_step(
    name: str, *, queue: Any, arguments: Mapping[str, Any], outputs: Sequence[str]
) -> CallbackStep:
    """A step that sends `arguments` with a token to the queue with the URL `queue`, and waits.

    It ends when somebody answers the token (SendPipelineExecutionStepSuccess with `outputs`, or
    …StepFailure), however long that takes.
    """
    return CallbackStep(
        name,
        sqs_queue_url=queue,
        inputs=dict(arguments),
        outputs=[CallbackOutput(output) for output in outputs],
    )


def step_output(step: LambdaStep | CallbackStep, output: str) -> Any:
    """What the function or the answer gave under the name `output`."""
    return step.properties.Outputs[output]
