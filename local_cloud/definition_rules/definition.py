"""A definition, which is parsed once for all rules."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from local_cloud.definition_rules.document import (
    Step,
    objects_at,
    own_document,
    references_of,
    steps_of,
)


@dataclass(frozen=True)
class Part:
    """A part of a definition, and the step to which it belongs ("": no step)."""

    step: str
    path: str
    document: dict[str, Any]


@dataclass(frozen=True)
class Reference:
    """A `Get`: the step that contains the `Get` ("": no step), its path, and its target."""

    step: str
    path: str
    target: str


@dataclass(frozen=True)
class Definition:
    """The parts of a definition's JSON. Parts of an unexpected type are omitted."""

    body: dict[str, Any]

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        return tuple(steps_of(self.body))

    @cached_property
    def steps_by_name(self) -> dict[str, Step]:
        return {step.name: step for step in self.steps}

    @cached_property
    def parameter_list(self) -> tuple[tuple[str, dict[str, Any]], ...]:
        """The declared parameters with their paths, in order."""
        declared = enumerate(objects_at(self.body, "Parameters"))
        return tuple((f"Parameters[{index}]", item) for index, item in declared)

    @cached_property
    def parameters(self) -> dict[str, dict[str, Any]]:
        return {str(item.get("Name")): item for _, item in self.parameter_list}

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """The parts outside of steps, except the parameters, followed by one part per step."""
        rest = {key: item for key, item in self.body.items() if key not in ("Steps", "Parameters")}
        steps = (Part(step.name, step.path, own_document(step)) for step in self.steps)
        return (Part("", "", rest), *steps)

    @cached_property
    def references(self) -> tuple[Reference, ...]:
        """All `Get` outside of the parameters."""
        return tuple(
            Reference(part.step, path, target)
            for part in self.parts
            for path, target in references_of(part.document, part.path)
        )


def one_of(allowed: Iterable[str], value: Any = "", limit: int = 24) -> str:
    """Return the allowed values as text. A long list starts with values similar to `value`."""
    names = sorted(allowed)
    if len(names) <= limit:
        return ", ".join(names) or "none"
    near = difflib.get_close_matches(str(value), names, n=3, cutoff=0.5) or names[:3]
    return f"{', '.join(near)} and {len(names) - len(near)} more"
