"""Rules for Tuning steps that are not in the model of the API."""

from collections.abc import Iterator
from typing import Any

from local_cloud.definition_rules.definition import Definition
from local_cloud.definition_rules.document import Step, objects_at
from local_cloud.definition_rules.findings import Finding
from local_cloud.definition_rules.parameter_ranges import range_findings
from local_cloud.definition_rules.step_type import StepType
from local_cloud.definition_rules.step_types.training import of_algorithm

_CONFIG = "HyperParameterTuningJobConfig"
_DEFINITIONS = ("TrainingJobDefinition", "TrainingJobDefinitions")


def check(definition: Definition, step: Step) -> Iterator[Finding]:
    """Yield errors of the training jobs, the ranges and the strategy.

    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_HyperParameterTuningJobConfig.html
    """
    given = [name for name in _DEFINITIONS if step.arguments.get(name)]
    if len(given) != 1:
        rule, allowed = "not exactly one kind of definition", f"one of {' and '.join(_DEFINITIONS)}"
        yield Finding(rule, step.name, f"{step.path}.Arguments", given, allowed, "use one of them")
    for path, job in _jobs(step):
        yield from of_algorithm(step, path, job)
    config = step.arguments.get(_CONFIG)
    if isinstance(config, dict):
        yield from _config(step, f"{step.path}.Arguments.{_CONFIG}", config)


def _jobs(step: Step) -> Iterator[tuple[str, dict[str, Any]]]:
    single, several = _DEFINITIONS
    if isinstance(step.arguments.get(single), dict):
        yield f"{step.path}.Arguments.{single}", step.arguments[single]
    for index, job in enumerate(objects_at(step.arguments, several)):
        yield f"{step.path}.Arguments.{several}[{index}]", job


def _config(step: Step, path: str, config: dict[str, Any]) -> Iterator[Finding]:
    ranges = config.get("ParameterRanges")
    if isinstance(ranges, dict):
        for text in range_findings(ranges):
            rule, remedy = "invalid range of a hyperparameter", "change the range"
            yield Finding(rule, step.name, f"{path}.ParameterRanges", ranges, text, remedy)
    strategy = config.get("Strategy")
    numbers = [
        name
        for name in ("IntegerParameterRanges", "ContinuousParameterRanges")
        if isinstance(ranges, dict) and ranges.get(name)
    ]
    if strategy == "Grid" and numbers:
        rule, allowed = "grid search over numbers", "categorical ranges for the strategy Grid"
        where = f"{path}.ParameterRanges.{numbers[0]}"
        yield Finding(rule, step.name, where, numbers, allowed, "use CategoricalParameterRanges")
    if strategy == "Hyperband" and config.get("TrainingJobEarlyStoppingType") == "Auto":
        rule, allowed = "early stopping with Hyperband", "Off, because Hyperband stops jobs itself"
        where = f"{path}.TrainingJobEarlyStoppingType"
        yield Finding(rule, step.name, where, "Auto", allowed, "leave it out")


STEP_TYPES = (
    StepType(
        name="Tuning",
        request="CreateHyperParameterTuningJobRequest",
        own_name="HyperParameterTuningJobName",
        properties=(
            "DescribeHyperParameterTuningJobResponse",
            "ListTrainingJobsForHyperParameterTuningJobResponse",
        ),
        check=check,
    ),
)
