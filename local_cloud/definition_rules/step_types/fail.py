"""The Fail step, which ends an execution as failed."""

from collections.abc import Iterator

from local_cloud.definition_rules.definition import Definition
from local_cloud.definition_rules.document import Step
from local_cloud.definition_rules.findings import Finding
from local_cloud.definition_rules.service_model import shape
from local_cloud.definition_rules.shapes import Walk
from local_cloud.definition_rules.step_type import StepType


def check(definition: Definition, step: Step) -> Iterator[Finding]:
    """Yield a message that is not a text."""
    if "ErrorMessage" in step.arguments:
        path, message = f"{step.path}.Arguments.ErrorMessage", step.arguments["ErrorMessage"]
        yield from Walk(definition, step.name).value(shape("String"), message, path)


STEP_TYPES = (
    StepType(
        name="Fail",
        arguments=frozenset({"ErrorMessage"}),
        properties=(),
        retried=frozenset(),
        check=check,
    ),
)
