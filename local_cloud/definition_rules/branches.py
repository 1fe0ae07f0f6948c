"""Rules on branches: a step must not wait for a step of the other branch of its condition."""

from collections.abc import Iterator

from local_cloud.definition_rules.definition import Definition
from local_cloud.definition_rules.document import Step
from local_cloud.definition_rules.findings import Finding
from local_cloud.definition_rules.order import upstream

# The condition step and its argument, for each branch around a step.
Branches = dict[str, str]


def check(definition: Definition) -> Iterator[Finding]:
    """Yield steps that read, or depend on, a step of the other branch of the same condition."""
    branches = {step.name: _branches(step) for step in definition.steps}
    for step in definition.steps:
        for name in upstream(step):
            condition = _opposite(branches[step.name], branches.get(name, {}))
            if condition:
                rule, allowed = "waits for a step of the other branch", "steps that run with it"
                remedy = f"move one of the steps out of the branches of {condition}"
                yield Finding(rule, step.name, step.path, name, allowed, remedy)


def _branches(step: Step) -> Branches:
    if step.parent is None:
        return {}
    argument = step.path.removeprefix(f"{step.parent.path}.Arguments.").partition("[")[0]
    return {**_branches(step.parent), step.parent.name: argument}


def _opposite(mine: Branches, other: Branches) -> str | None:
    return next((name for name in mine if name in other and mine[name] != other[name]), None)
