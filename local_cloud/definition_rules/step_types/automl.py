"""Rules for AutoML steps that are not in the model of the API.

Sources: AutoMLStep of the SageMaker SDK, which removes or rejects the same members, and
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateAutoMLJob.html
"""

from collections.abc import Iterator

from local_cloud.definition_rules.definition import Definition
from local_cloud.definition_rules.document import Step
from local_cloud.definition_rules.findings import Finding
from local_cloud.definition_rules.step_type import StepType

# "You must either provide both the objective and problem type or none at all."
_PROBLEM = ("ProblemType", "AutoMLJobObjective")
_NOT_IN_STEPS = ("ModelDeployConfig", "GenerateCandidateDefinitionsOnly")


def check(definition: Definition, step: Step) -> Iterator[Finding]:
    """Yield another mode than ENSEMBLING, members that steps cannot have, and half a problem."""
    path = f"{step.path}.Arguments"
    config = step.arguments.get("AutoMLJobConfig")
    mode = config.get("Mode") if isinstance(config, dict) else None
    if mode != "ENSEMBLING":
        where = f"{path}.AutoMLJobConfig.Mode"
        yield Finding("mode of AutoML", step.name, where, mode, "ENSEMBLING", "set the mode")
    for name in _NOT_IN_STEPS:
        if name in step.arguments:
            rule, allowed = "member that AutoML steps cannot have", "an AutoML job without it"
            value, remedy = step.arguments[name], "leave it out"
            yield Finding(rule, step.name, f"{path}.{name}", value, allowed, remedy)
    given = [name for name in _PROBLEM if name in step.arguments]
    if len(given) == 1:
        rule, allowed = "half of a problem", f"both or none of {' and '.join(_PROBLEM)}"
        yield Finding(rule, step.name, path, given, allowed, "set both, or leave both out")


STEP_TYPES = (
    StepType(
        name="AutoML",
        request="CreateAutoMLJobRequest",
        own_name="AutoMLJobName",
        members=None,
        check=check,
    ),
)
