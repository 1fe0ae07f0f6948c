"""What AWS says of each type of step; the files of `step_types` say it, one per kind."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from pipeline_code.compiler.document import Step
from pipeline_code.compiler.findings import Finding
from pipeline_code.compiler.lint.aws import step_types
from pipeline_code.compiler.lint.aws.definition import Definition

SERVICE_FAULTS = frozenset({"Step.SERVICE_FAULT", "Step.THROTTLING"})
JOB_FAULTS = frozenset(
    {"SageMaker.JOB_INTERNAL_ERROR", "SageMaker.CAPACITY_ERROR", "SageMaker.RESOURCE_LIMIT"}
)


def no_rules(definition: Definition, step: Step) -> Iterator[Finding]:
    """No rules beside those of its request."""
    yield from ()


@dataclass(frozen=True, kw_only=True)
class StepType:
    """One type of step.

    `request` is the shape of its arguments and `own_name` the member of it that the service gives.
    `properties` are the shapes of what later steps may read: () for nothing, None where no model
    describes them. `texts` are members beside the arguments that hold a text and no expression
    (AWS' JSON schema of definitions). `retried` are the faults that a retry policy may name, none
    where the type is never retried. `check` gives what the model of the API does not hold.
    """

    name: str
    request: str = ""
    own_name: str = ""
    properties: tuple[str, ...] | None = None
    texts: tuple[str, ...] = ()
    retried: frozenset[str] = SERVICE_FAULTS | JOB_FAULTS
    check: Callable[[Definition, Step], Iterator[Finding]] = no_rules


@cache
def all_step_types() -> dict[str, StepType]:
    """Every type of step by its name."""
    modules = [
        importlib.import_module(f"{step_types.__name__}.{found.name}")
        for found in pkgutil.iter_modules(step_types.__path__)
    ]
    return {kind.name: kind for module in modules for kind in module.STEP_TYPES}


def step_type(step: Step) -> StepType:
    """The type of a step; of an unknown one nothing is known."""
    return all_step_types().get(step.type, StepType(name=step.type))
