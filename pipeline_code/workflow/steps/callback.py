"""Callback steps: the step sends a message to a queue and waits for the result.

Source of the actions: SageMaker Developer Guide, "IAM Access Management" of Pipelines.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sagemaker.mlops.workflow.callback_step import CallbackOutput, CallbackStep

from pipeline_code.compiler.manifest import Place
from pipeline_code.workflow.collector import Collector
from pipeline_code.workflow.step_kind import DependsOn, StepKind, awaited
from pipeline_code.workflow.variables import Environment

KIND = StepKind(type="Callback", execution=("sqs:SendMessage",))


class WaitStep(CallbackStep):  # type: ignore[misc]  # the SDK publishes no types
    """A Callback step. `step["rows"]` is its output `rows`."""

    def __getitem__(self, output: str) -> Any:
        return self.properties.Outputs[output]


def callback(
    p: Collector,
    name: str,
    queue: Environment,
    arguments: Mapping[str, Any],
    *,
    outputs: Sequence[str] = (),
    extracted: Sequence[Place] = (),
    depends_on: DependsOn = None,
) -> WaitStep:
    """Add a step that sends `arguments` with a token to the queue with the URL `queue`, and waits.

    The step ends when a consumer of the queue returns the token (SendPipelineExecutionStepSuccess
    with `outputs`, or …StepFailure). There is no time limit. In the places `extracted` the consumer
    keeps days of extractions.
    """
    step = WaitStep(
        name,
        sqs_queue_url=queue,
        inputs=dict(arguments),
        outputs=[CallbackOutput(output) for output in outputs],
        depends_on=awaited(depends_on),
    )
    return p.collect(step, KIND.needs(name, queues=[queue.name], extracted=extracted))
