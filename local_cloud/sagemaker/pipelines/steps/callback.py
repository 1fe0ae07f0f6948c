"""Callback steps.

Source: SageMaker Developer Guide, "Callback step", section "Stopping behavior".
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local_cloud.sagemaker.pipelines.callback_tokens import Callback
from local_cloud.sagemaker.pipelines.step_context import (
    StepContext,
    StepFailed,
    StepResult,
    StepStopped,
)
from local_cloud.sagemaker.pipelines.step_executor import StepExecutor

logger = logging.getLogger(__name__)

_TYPES: Mapping[str, Callable[[str], Any]] = {
    "String": str,
    "Integer": int,
    "Float": float,
    "Boolean": lambda text: {"true": True, "false": False}[text.lower()],
}


def _run(context: StepContext) -> StepResult:
    """Send a token to the queue, and wait for the result without a time limit.

    As on AWS, a stop is also sent to the queue, and the step still waits for the result.
    """
    queue = context.evaluate(context.step.members["SqsQueueUrl"])
    with context.callbacks.opened(context.execution.arn) as callback:
        shown = {"CallbackToken": callback.token, "SqsQueueUrl": queue}
        context.report({"Callback": shown})
        _send(context, context.client("sqs"), queue, callback.token, "Executing")
        context.stop_signal.on_request(lambda: _announce_stop(context, queue, callback))
        callback.answered.wait()
    if context.stop_signal.requested.is_set():
        raise StepStopped
    if callback.outputs is None:
        raise StepFailed(callback.reason or "SendPipelineExecutionStepFailure was called.")
    outputs = _typed(context, callback.outputs)
    parameters = [{"Name": name, "Value": value} for name, value in callback.outputs.items()]
    context.report({"Callback": {**shown, "OutputParameters": parameters}})
    return StepResult({"OutputParameters": outputs})


def _announce_stop(context: StepContext, queue: str, callback: Callback) -> None:
    """Send the stop to the queue. If that fails, end the wait, because no result would arrive."""
    if callback.answered.is_set():
        return
    try:
        _send(context, context.reader("sqs"), queue, callback.token, "Stopping")
    except (BotoCoreError, ClientError) as error:
        logger.warning("%s: the stop could not be sent: %s", callback.execution_arn, error)
        callback.answered.set()


def _send(context: StepContext, client: Any, queue: str, token: str, status: str) -> None:
    body = {
        "token": token,
        "pipelineExecutionArn": context.execution.arn,
        "arguments": context.arguments,
        "status": status,
    }
    client.send_message(QueueUrl=queue, MessageBody=json.dumps(body))


def _typed(context: StepContext, given: Mapping[str, str]) -> dict[str, Any]:
    """Return the declared outputs as typed values. A missing output fails the step."""
    outputs = context.step.members.get("OutputParameters") or ()
    declared = {output["OutputName"]: output["OutputType"] for output in outputs}
    missing = sorted(declared.keys() - given.keys())
    if missing:
        raise StepFailed(
            "ClientError: The result of the callback step does not contain the declared outputs "
            f"{missing}; it has {sorted(given)}."
        )
    try:
        return {name: _TYPES[kind](given[name]) for name, kind in declared.items()}
    except (KeyError, ValueError) as error:
        reason = f"ClientError: An output of the callback step has the wrong type: {error}"
        raise StepFailed(reason) from error


EXECUTOR = StepExecutor(
    type="Callback",
    run=_run,
    members=frozenset({"SqsQueueUrl", "OutputParameters"}),
)
