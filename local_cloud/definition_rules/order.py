"""Rules on the order of steps: dependencies must exist and must not contain a cycle."""

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from typing import Any

from local_cloud.definition_rules.definition import Definition, one_of
from local_cloud.definition_rules.document import Step, own_document, references_of
from local_cloud.definition_rules.findings import Finding
from local_cloud.definition_rules.targets import parse_target

TRIGGERS = frozenset({"Completed", "Failed", "Stopped", "Any"})


def check(definition: Definition) -> Iterator[Finding]:
    """Yield dependencies on missing steps, unknown triggers, and cycles."""
    for step in definition.steps:
        if not isinstance(step.document.get("DependsOn", []), list):
            path, value = f"{step.path}.DependsOn", step.document["DependsOn"]
            rule, remedy = "DependsOn is not a list", "make it a list of steps"
            yield Finding(rule, step.name, path, value, "a list of step names", remedy)
        for index, entry in enumerate(_entries(step)):
            yield from _entry(definition, step, f"{step.path}.DependsOn[{index}]", entry)
    yield from _cycle(definition)


def _entries(step: Step) -> list[Any]:
    entries = step.document.get("DependsOn", [])
    return entries if isinstance(entries, list) else [entries]


def _name(entry: Any) -> Any:
    """Return the step name in an entry: a name or {"Step": name, "Trigger": outcome}."""
    return entry.get("Step") if isinstance(entry, dict) else entry


def _entry(definition: Definition, step: Step, path: str, entry: Any) -> Iterator[Finding]:
    if str(_name(entry)) not in definition.steps_by_name:
        rule, allowed = "depends on a missing step", one_of(definition.steps_by_name, _name(entry))
        yield Finding(rule, step.name, path, entry, allowed, "use the name of an existing step")
    if isinstance(entry, dict) and str(entry.get("Trigger")) not in TRIGGERS:
        rule, allowed = "unknown trigger", one_of(TRIGGERS)
        yield Finding(rule, step.name, path, entry, allowed, "name one of these outcomes")


def _cycle(definition: Definition) -> Iterator[Finding]:
    try:
        TopologicalSorter({s.name: upstream(s) for s in definition.steps}).prepare()
    except CycleError as error:
        circle = list(reversed(error.args[1][1:]))
        members = set(circle)
        step = next(step for step in definition.steps if step.name in members)
        start = circle.index(step.name)
        circle = [*circle[start:], *circle[:start], step.name]
        allowed, remedy = "dependencies without a cycle", "remove one of these dependencies"
        yield Finding("cycle", step.name, step.path, " → ".join(circle), allowed, remedy)


def upstream(step: Step) -> list[str]:
    """Return the steps that must end before a step starts. A branch depends on its condition."""
    targets = (parse_target(text) for _, text in references_of(own_document(step)))
    used = {target.name for target in targets if target and target.root == "Steps"}
    named = {str(_name(entry)) for entry in _entries(step)}
    parent = {step.parent.name} if step.parent else set()
    return sorted(used | named | parent)
