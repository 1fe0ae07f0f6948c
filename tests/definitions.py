"""The definitions of the included pipelines with all their options, compiled together.

`python -m tests.definitions` compiles what most tests use before they start. The import of the SDK
takes most of the time of a compilation, and one process then imports it for all of them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cache
from itertools import product

from pipeline_code.compiler import CompiledDefinition, DefinitionError, Request, compiled_all
from pipeline_code.pipelines import names
from tests.application.environments import ENVIRONMENTS as FIXED_ENVIRONMENTS
from tests.application.environments import ROOT
from tests.application.existing_warehouse import WAREHOUSES, in_warehouse
from tests.declared.environments import VALID

_CHOICES: dict[str, dict[str, tuple[str, ...]]] = {
    "tickit": {
        "extraction": ("dataset", "unload", "long_unload", "incremental", "feature_store"),
        "baseline": ("model_monitor", "none"),
        "unchanged": ("train", "skip"),
    },
    "tickit-batch": {},
    "tickit-features": {"engine": ("processing", "spark")},
    "tickit-monitor": {"labels": ("none", "warehouse")},
    "census-monitor": {"bias": ("ignored", "measured")},
    "census": {"training": ("built-in", "script", "tuned"), "bias": ("ignored", "checked")},
    "bank": {"columns": ("campaign", "macro"), "engine": ("hosts", "spark")},
    "insurance": {},
}
# An option that adds one step is compiled with one choice of the others.
_ADDED: tuple[tuple[str, dict[str, str]], ...] = (
    ("tickit", {"unchanged": "skip", "analysis": "rows"}),
    ("census", {"analysis": "rows"}),
    ("census", {"baseline": "model_monitor"}),
    ("census", {"training": "script", "capacity": "spot"}),
    ("bank", {"analysis": "rows"}),
    ("bank", {"baseline": "model_monitor"}),
    ("bank", {"capacity": "spot"}),
)


def _first(name: str) -> dict[str, str]:
    return {option: values[0] for option, values in _CHOICES[name].items()}


# Options that cannot be combined.
_REFUSED = {("extraction", "feature_store"), ("unchanged", "skip")}
# Pipelines that the user has removed are omitted.
SHIPPED = tuple(
    request
    for request in (
        *(
            Request(name, dict(zip(choices, chosen, strict=True)))
            for name, choices in _CHOICES.items()
            for chosen in product(*choices.values())
        ),
        *(Request(name, _first(name) | added) for name, added in _ADDED),
    )
    if request.name in names() and not {*request.options.items()} >= _REFUSED
)
IDS = tuple("-".join([request.name, *request.options.values()]) for request in SHIPPED)


def definition(name: str, **options: str) -> CompiledDefinition:
    """Return a definition; an omitted option has its first value."""
    chosen = _first(name) | options
    return _compiled()[(name, *sorted(chosen.items()))]


@cache
def _compiled() -> dict[tuple[object, ...], CompiledDefinition]:
    found = compiled_all(SHIPPED)
    return {
        (request.name, *sorted(request.options.items())): each
        for request, each in zip(SHIPPED, found, strict=True)
    }


def used_by_tests() -> Iterator[Request]:
    """The definitions of all environments of the tests, and of all pipelines without options."""
    yield from SHIPPED
    yield from (Request(name) for name in names())
    yield from (Request(name, root=ROOT) for name in names(ROOT))
    for choice in ({"extraction": "dataset"}, {"unchanged": "skip"}, {"model": "registered"}):
        yield Request("demand", choice, ROOT)
    for environment in VALID.values():
        yield from (
            Request(each.name, each.options) for each in environment.pipelines if each.enabled
        )
    for environment in (*FIXED_ENVIRONMENTS.values(), *map(in_warehouse, WAREHOUSES)):
        yield from (Request(each.name, each.options, ROOT) for each in environment.pipelines)


def main() -> None:
    """Compile them. A definition that does not compile is an error with its name."""
    try:
        compiled_all(used_by_tests(), check=False)
    except DefinitionError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
