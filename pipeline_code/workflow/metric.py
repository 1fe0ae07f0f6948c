"""Values in the JSON files of processing steps, and comparisons with these values."""

from __future__ import annotations

from typing import Any, NoReturn

from sagemaker.core.workflow.conditions import (
    ConditionEquals,
    ConditionGreaterThan,
    ConditionGreaterThanOrEqualTo,
    ConditionLessThan,
    ConditionLessThanOrEqualTo,
)
from sagemaker.core.workflow.functions import JsonGet
from sagemaker.core.workflow.properties import PropertyFile

from pipeline_code.compiler.manifest import Access


class Comparison:
    """A condition of the SDK, which is evaluated when the pipeline runs."""

    def __bool__(self) -> NoReturn:
        raise TypeError(
            "the result of a comparison with a metric is unknown until the pipeline runs: "
            "pass the comparison to p.gate"
        )


class _Equals(Comparison, ConditionEquals):  # type: ignore[misc]  # the SDK publishes no types
    pass


class _LessThan(Comparison, ConditionLessThan):  # type: ignore[misc]
    pass


class _AtMost(Comparison, ConditionLessThanOrEqualTo):  # type: ignore[misc]
    pass


class _GreaterThan(Comparison, ConditionGreaterThan):  # type: ignore[misc]
    pass


class _AtLeast(Comparison, ConditionGreaterThanOrEqualTo):  # type: ignore[misc]
    pass


class Metric(JsonGet):  # type: ignore[misc]
    """A value of a property file. A comparison with it is a condition for a gate.

    SageMaker Pipelines reads the file with `access`.
    """

    def __init__(self, step: str, file: PropertyFile, path: str, access: Access) -> None:
        super().__init__(step_name=step, property_file=file, json_path=path)
        self.access = access

    def __le__(self, other: Any) -> Comparison:
        return _AtMost(left=self, right=other)

    def __lt__(self, other: Any) -> Comparison:
        return _LessThan(left=self, right=other)

    def __ge__(self, other: Any) -> Comparison:
        return _AtLeast(left=self, right=other)

    def __gt__(self, other: Any) -> Comparison:
        return _GreaterThan(left=self, right=other)

    def __eq__(self, other: object) -> Comparison:  # type: ignore[override]
        return _Equals(left=self, right=other)

    __hash__ = None  # type: ignore[assignment]
