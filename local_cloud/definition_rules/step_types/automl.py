"""Rules for AutoML steps that are not in the model of the API.

Source: AutoMLStep of the SageMaker SDK, which removes or rejects the same members.
"""

from collections.abc import Iterator

from local_cloud.definition_rules.definition import Definition
from local_cloud.definition_rules.document import Step
from local_cloud.definition_rules.findings import Finding
from local_cloud.definition_rules.step_type import StepType

_NOT_IN_STEPS = ("ModelDeployConfig", "GenerateCandidateDefinitionsOnly")


def check(definition: Definition, step: Step) -> Iterator[Finding]:
    """Yield another mode than ENSEMBLING, and members that steps cannot have."""
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


STEP_TYPES = (
    StepType(
        name="AutoML",
        request="CreateAutoMLJobRequest",
        own_name="AutoMLJobName",
        members=None,
        check=check,
    ),
)
