"""The Fail step, which ends an execution as failed."""

from collections.abc import Iterator

from pipeline_code.compiler.document import Step
from pipeline_code.compiler.findings import Finding
from pipeline_code.compiler.lint.aws.definition import Definition
from pipeline_code.compiler.lint.aws.service_model import shape
from pipeline_code.compiler.lint.aws.shapes import Walk
from pipeline_code.compiler.lint.aws.step_type import StepType


def check(definition: Definition, step: Step) -> Iterator[Finding]:
    """A message that is not a text."""
    if "ErrorMessage" in step.arguments:
        path, message = f"{step.path}.Arguments.ErrorMessage", step.arguments["ErrorMessage"]
        yield from Walk(definition, step.name).value(shape("String"), message, path)


STEP_TYPES = (StepType(name="Fail", properties=(), retried=frozenset(), check=check),)
