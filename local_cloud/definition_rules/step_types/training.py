"""Rules for Training steps that are not in the model of the API."""

from collections.abc import Iterator, Mapping
from typing import Any

from local_cloud.definition_rules.definition import Definition
from local_cloud.definition_rules.document import Step
from local_cloud.definition_rules.findings import Finding
from local_cloud.definition_rules.step_type import StepType

# AlgorithmSpecification of the API requires exactly one of the two.
_SOURCES = ("TrainingImage", "AlgorithmName")


def check(definition: Definition, step: Step) -> Iterator[Finding]:
    """Yield a training job that does not have exactly one of image and algorithm."""
    yield from of_algorithm(step, f"{step.path}.Arguments", step.arguments)


def of_algorithm(step: Step, path: str, request: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield the error of a training job at `path` without exactly one of image and algorithm."""
    algorithm = request.get("AlgorithmSpecification")
    given = [algorithm.get(key) for key in _SOURCES] if isinstance(algorithm, dict) else [None]
    if [bool(value) for value in given].count(True) != 1:
        rule, allowed = "not exactly one algorithm", f"exactly one of {' and '.join(_SOURCES)}"
        where = f"{path}.AlgorithmSpecification"
        yield Finding(rule, step.name, where, algorithm, allowed, "use one of them")


STEP_TYPES = (
    StepType(
        name="Training",
        request="CreateTrainingJobRequest",
        own_name="TrainingJobName",
        properties=("DescribeTrainingJobResponse",),
        check=check,
    ),
)
