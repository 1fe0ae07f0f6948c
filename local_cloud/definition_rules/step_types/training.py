"""Rules for Training and Tuning steps."""

from collections.abc import Iterator

from local_cloud.definition_rules.definition import Definition
from local_cloud.definition_rules.document import Step
from local_cloud.definition_rules.findings import Finding
from local_cloud.definition_rules.step_type import StepType

# AlgorithmSpecification of the API requires exactly one of the two.
_SOURCES = ("TrainingImage", "AlgorithmName")


def check(definition: Definition, step: Step) -> Iterator[Finding]:
    """Yield a training job that does not have exactly one of image and algorithm."""
    algorithm = step.arguments.get("AlgorithmSpecification")
    given = [algorithm.get(key) for key in _SOURCES] if isinstance(algorithm, dict) else [None]
    if [bool(value) for value in given].count(True) != 1:
        path = f"{step.path}.Arguments.AlgorithmSpecification"
        rule, allowed = "not exactly one algorithm", f"exactly one of {' and '.join(_SOURCES)}"
        yield Finding(rule, step.name, path, algorithm, allowed, "use one of them")


STEP_TYPES = (
    StepType(
        name="Training",
        request="CreateTrainingJobRequest",
        own_name="TrainingJobName",
        properties=("DescribeTrainingJobResponse",),
        check=check,
    ),
    StepType(
        name="Tuning",
        request="CreateHyperParameterTuningJobRequest",
        own_name="HyperParameterTuningJobName",
        properties=(
            "DescribeHyperParameterTuningJobResponse",
            "ListTrainingJobsForHyperParameterTuningJobResponse",
        ),
    ),
)
