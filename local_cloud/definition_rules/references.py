"""Rules on references: the targets of expressions must exist."""

from collections.abc import Iterator

from local_cloud.definition_rules.definition import Definition, Reference, one_of
from local_cloud.definition_rules.document import Step, objects_at
from local_cloud.definition_rules.findings import Finding
from local_cloud.definition_rules.properties import find_property
from local_cloud.definition_rules.targets import EXECUTION_VARIABLES, Target, parse_target


def check(definition: Definition) -> Iterator[Finding]:
    """Yield references to targets that do not exist."""
    for reference in definition.references:
        target = parse_target(reference.target)
        if target is not None:
            yield from _reference(definition, reference, target)
    for step in definition.steps:
        yield from _property_files(step)


def _reference(definition: Definition, at: Reference, target: Target) -> Iterator[Finding]:
    if target.root == "Parameters" and target.name not in definition.parameters:
        allowed = one_of(definition.parameters, target.name)
        yield _finding("undeclared parameter", at, allowed, "declare it, or use one of these")
    if target.root == "Execution" and target.name not in EXECUTION_VARIABLES:
        allowed = one_of(EXECUTION_VARIABLES, target.name)
        yield _finding("unknown execution variable", at, allowed, "name one of these")
    if target.root == "Steps":
        yield from _step_reference(definition, at, target)


def _step_reference(definition: Definition, at: Reference, target: Target) -> Iterator[Finding]:
    step = definition.steps_by_name.get(target.name)
    if step is None:
        allowed = one_of(definition.steps_by_name, target.name)
        yield _finding("reference to a missing step", at, allowed, "add it or correct the name")
    elif target.path[:1] == ("PropertyFiles",):
        declared = objects_at(step.document, "PropertyFiles")
        files = [str(file.get("PropertyFileName")) for file in declared]
        if target.path[1:] not in [(file,) for file in files]:
            remedy = f"declare it among the PropertyFiles of step {step.name}"
            yield _finding("reference to a missing property file", at, one_of(files), remedy)
    elif problem := find_property(step, target.path).problem:
        remedy = f"use a property of a {step.type} step"
        yield _finding("reference to a missing property", at, problem, remedy)


def _finding(rule: str, at: Reference, allowed: str, remedy: str) -> Finding:
    return Finding(rule, at.step, at.path, at.target, allowed, remedy)


def _property_files(step: Step) -> Iterator[Finding]:
    """Yield property files whose output does not exist in the step."""
    declared = objects_at(step.arguments, "ProcessingOutputConfig", "Outputs")
    outputs = [str(output.get("OutputName")) for output in declared]
    for index, file in enumerate(objects_at(step.document, "PropertyFiles")):
        if file.get("OutputName") not in outputs:
            rule, path = "property file in a missing output", f"{step.path}.PropertyFiles[{index}]"
            value, remedy = file.get("OutputName"), "add the output or use an existing one"
            yield Finding(
                rule, step.name, f"{path}.OutputName", value, one_of(outputs, value), remedy
            )
