"""Rules on requests: the arguments of each step must be valid in botocore's model of the API."""

from collections.abc import Iterator

from local_cloud.definition_rules.definition import Definition
from local_cloud.definition_rules.document import Step, is_expression
from local_cloud.definition_rules.findings import Finding
from local_cloud.definition_rules.service_model import shape
from local_cloud.definition_rules.shapes import Walk
from local_cloud.definition_rules.step_type import StepType, step_type


def check(definition: Definition) -> Iterator[Finding]:
    """Yield the errors of requests that can be detected before an execution."""
    for step in definition.steps:
        kind = step_type(step)
        if kind.request:
            yield from _request(definition, step, kind)
        for field in kind.texts:
            yield from _text(definition, step, field)
        yield from kind.check(definition, step)


def _request(definition: Definition, step: Step, kind: StepType) -> Iterator[Finding]:
    walk = Walk(definition, step.name, given_by_service=kind.own_name)
    yield from walk.value(shape(kind.request), step.arguments, f"{step.path}.Arguments")


def _text(definition: Definition, step: Step, field: str) -> Iterator[Finding]:
    """Yield a member outside of the arguments that must be a string, but is not (expression)."""
    path, value = f"{step.path}.{field}", step.document.get(field)
    if is_expression(value):
        rule, allowed = "expression in a field for texts only", "a text without expressions"
        yield Finding(rule, step.name, path, value, allowed, "write the text")
    else:
        yield from Walk(definition, step.name).value(shape("String"), value, path)
