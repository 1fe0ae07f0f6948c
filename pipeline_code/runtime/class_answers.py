"""The JSON object of a prediction that has several numbers."""

from collections.abc import Callable, Sequence
from typing import Any

from pipeline_code.runtime.answer_members import PROBABILITIES
from pipeline_code.runtime.dataset import Dataset


def as_class(dataset: Dataset) -> Callable[[Sequence[float]], dict[str, Any]]:
    """Return the function that makes a JSON object of the probabilities of a row.

    The target is the most probable class, and `probabilities` has that of each class.
    """

    def as_object(probabilities: Sequence[float]) -> dict[str, Any]:
        named = dict(zip(dataset.classes, probabilities, strict=True))
        return {dataset.target: max(named, key=named.__getitem__), PROBABILITIES: named}

    return as_object


def as_targets(dataset: Dataset) -> Callable[[Sequence[float]], dict[str, float]]:
    """Return the function that makes a JSON object with each target of a row."""

    def as_object(values: Sequence[float]) -> dict[str, float]:
        return dict(zip(dataset.targets, values, strict=True))

    return as_object
