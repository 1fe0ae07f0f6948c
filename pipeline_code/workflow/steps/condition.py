"""Condition steps: select one of two branches of steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sagemaker.core.workflow.conditions import Condition
from sagemaker.mlops.workflow.condition_step import ConditionStep
from sagemaker.mlops.workflow.steps import Step

from pipeline_code.compiler.manifest import NOTHING, Access
from pipeline_code.workflow.actions import READ_FILES
from pipeline_code.workflow.collector import Collector
from pipeline_code.workflow.step_kind import DependsOn, OfStep, StepKind, awaited, steps_in
from pipeline_code.workflow.variables import access_of

KIND = StepKind(type="Condition")


def gate(
    p: Collector,
    name: str,
    conditions: Condition | Sequence[Condition],
    *,
    accept: Step | OfStep | Sequence[Step | OfStep | None],
    reject: Step | Sequence[Step] = (),
    depends_on: DependsOn = None,
) -> ConditionStep:
    """Add a step that runs `accept` if all `conditions` are true, and `reject` otherwise.

    A condition is a comparison with a metric (`evaluation.metric("…") <= limit`), or a condition of
    the SDK. None in `accept` stands in the place of a step that an option leaves out.
    """
    given = _several(conditions)
    compared = [condition.to_request() for condition in given]
    step = ConditionStep(
        name,
        conditions=given,
        if_steps=p.nest(name, steps_in(each for each in _several(accept) if each is not None)),
        else_steps=p.nest(name, _several(reject)),
        depends_on=awaited(depends_on),
    )
    return p.collect(step, KIND.needs(name, execution=reading(compared)))


def _several(given: Any) -> list[Any]:
    return list(given) if isinstance(given, (list, tuple)) else [given]


def reading(value: Any) -> Access:
    """Return the access that SageMaker needs to evaluate `value`: to the files of its metrics."""
    reads = access_of(value).reads
    return Access(actions=READ_FILES, reads=reads) if reads else NOTHING
