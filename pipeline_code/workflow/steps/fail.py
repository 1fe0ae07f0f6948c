"""Fail steps: the execution fails with a message."""

from __future__ import annotations

from typing import Any

from sagemaker.core.workflow.functions import Join
from sagemaker.mlops.workflow.fail_step import FailStep

from pipeline_code.workflow.collector import Collector
from pipeline_code.workflow.step_kind import DependsOn, StepKind, awaited
from pipeline_code.workflow.steps.condition import reading

KIND = StepKind(type="Fail")


def fail(
    p: Collector, name: str, message: str, *values: Any, depends_on: DependsOn = None
) -> FailStep:
    """Add a step that fails with a message in which `values` replace the `{}`.

    Raises:
        ValueError: there are more or fewer values than `{}`.
    """
    step = FailStep(name, error_message=_text(message, values), depends_on=awaited(depends_on))
    return p.collect(step, KIND.needs(name, execution=reading(values)))


def _text(message: str, values: tuple[Any, ...]) -> Any:
    texts = message.split("{}")
    if len(texts) != len(values) + 1:
        raise ValueError(f"{message!r} has {len(texts) - 1} places for {len(values)} values")
    if not values:
        return message
    parts = [part for pair in zip(texts, values, strict=False) for part in pair]
    return Join(on="", values=[*parts, texts[-1]])
