"""The types of steps with AWS' rules for each type, from the modules of `step_types`."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from local_cloud.definition_rules import step_types
from local_cloud.definition_rules.definition import Definition
from local_cloud.definition_rules.document import Step
from local_cloud.definition_rules.findings import Finding

SERVICE_FAULTS = frozenset({"Step.SERVICE_FAULT", "Step.THROTTLING"})
# The SDK uses CAPACITY_ERROR; the developer guide uses JOB_CAPACITY_ERROR.
CAPACITY_ERRORS = frozenset({"SageMaker.CAPACITY_ERROR", "SageMaker.JOB_CAPACITY_ERROR"})
JOB_FAULTS = CAPACITY_ERRORS | {"SageMaker.JOB_INTERNAL_ERROR", "SageMaker.RESOURCE_LIMIT"}


def no_rules(definition: Definition, step: Step) -> Iterator[Finding]:
    """Yield nothing: the only rules of the type are those for its request."""
    yield from ()


@dataclass(frozen=True, kw_only=True)
class StepType:
    """A type of step.

    `request` is the shape of its arguments; `own_name` is the member that the service sets.
    `properties` are the shapes that later steps may read: () for none, None if no model describes
    them. `named_properties` are the names of properties that are no members of a shape.
    `arguments` are the names of the arguments of a type without a request. `members` are the
    members that only steps of this type have. Both are None if no source lists them. `texts` are
    members outside the arguments that contain a text and no expression (AWS' JSON schema of
    definitions). `retried` are the errors that a retry policy may name; it is empty if
    the type is never retried. `check` contains the rules that are not in the model of the API.
    """

    name: str
    request: str = ""
    own_name: str = ""
    properties: tuple[str, ...] | None = None
    named_properties: tuple[str, ...] = ()
    arguments: frozenset[str] | None = None
    members: frozenset[str] | None = frozenset()
    texts: tuple[str, ...] = ()
    retried: frozenset[str] = SERVICE_FAULTS | JOB_FAULTS
    check: Callable[[Definition, Step], Iterator[Finding]] = no_rules


@cache
def all_step_types() -> dict[str, StepType]:
    """Return all types of steps by name."""
    modules = [
        importlib.import_module(f"{step_types.__name__}.{found.name}")
        for found in pkgutil.iter_modules(step_types.__path__)
    ]
    return {kind.name: kind for module in modules for kind in module.STEP_TYPES}


def step_type(step: Step) -> StepType:
    """Return the type of a step. An unknown type has no rules."""
    return all_step_types().get(step.type, StepType(name=step.type))
