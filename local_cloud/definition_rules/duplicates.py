"""Rules on names: each name must be unique in its list."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from local_cloud.definition_rules.definition import Definition
from local_cloud.definition_rules.document import Step, is_expression, objects_at
from local_cloud.definition_rules.findings import Finding

# The lists in a step whose items have names: (description, path of the list, key of the name).
_NAMED_LISTS = (
    ("input", ("Arguments", "ProcessingInputs"), "InputName"),
    ("output", ("Arguments", "ProcessingOutputConfig", "Outputs"), "OutputName"),
    ("channel", ("Arguments", "InputDataConfig"), "ChannelName"),
    ("tag", ("Arguments", "Tags"), "Key"),
    ("property file", ("PropertyFiles",), "PropertyFileName"),
    ("output parameter", ("OutputParameters",), "OutputName"),
)


def check(definition: Definition) -> Iterator[Finding]:
    """Yield duplicate names of steps, of parameters, and of items in a step's lists."""
    yield from _steps(definition)
    parameters = (parameter.get("Name") for _, parameter in definition.parameter_list)
    for name in _repeated(parameters):
        allowed, remedy = "a name that no other parameter has", "declare it once"
        yield Finding("duplicate parameter name", "", "Parameters", name, allowed, remedy)
    for step in definition.steps:
        yield from _in_step(step)


def _steps(definition: Definition) -> Iterator[Finding]:
    repeated = set(_repeated(step.name for step in definition.steps))
    for step in reversed(definition.steps):
        if step.name in repeated:
            repeated.remove(step.name)
            path, allowed = f"{step.path}.Name", "a name that no other step has, also in branches"
            remedy = "rename one of the steps"
            yield Finding("duplicate step name", step.name, path, step.name, allowed, remedy)


def _in_step(step: Step) -> Iterator[Finding]:
    for what, keys, key in _NAMED_LISTS:
        for name in _repeated(item.get(key) for item in objects_at(step.document, *keys)):
            path = ".".join((step.path, *keys))
            allowed, remedy = f"a name that no other {what} has", "rename one of the two"
            yield Finding(f"duplicate {what} name", step.name, path, name, allowed, remedy)


def _repeated(names: Iterator[Any]) -> list[str]:
    counts = Counter(str(name) for name in names if name is not None and not is_expression(name))
    return [name for name, count in counts.items() if count > 1]
