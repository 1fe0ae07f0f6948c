"""The definitions of the included pipelines with all their options, compiled together."""

from __future__ import annotations

from functools import cache
from itertools import product

from pipeline_code.compiler import CompiledDefinition, Request, compiled_all
from pipeline_code.pipelines import names

_CHOICES: dict[str, dict[str, tuple[str, ...]]] = {
    "tickit": {
        "extraction": ("dataset", "unload", "long_unload"),
        "baseline": ("model_monitor", "none"),
    },
    "tickit-batch": {},
    "tickit-monitor": {},
    "census": {"training": ("built-in", "script", "tuned"), "bias": ("ignored", "checked")},
    "bank": {"columns": ("campaign", "macro")},
    "insurance": {},
}
# Pipelines that the user has removed are omitted.
SHIPPED = tuple(
    Request(name, dict(zip(choices, chosen, strict=True)))
    for name, choices in _CHOICES.items()
    for chosen in product(*choices.values())
    if name in names()
)
IDS = tuple("-".join([request.name, *request.options.values()]) for request in SHIPPED)


def definition(name: str, **options: str) -> CompiledDefinition:
    """Return a definition; an omitted option has its first value."""
    chosen = {option: values[0] for option, values in _CHOICES[name].items()} | options
    return _compiled()[(name, *sorted(chosen.items()))]


@cache
def _compiled() -> dict[tuple[object, ...], CompiledDefinition]:
    found = compiled_all(SHIPPED)
    return {
        (request.name, *sorted(request.options.items())): each
        for request, each in zip(SHIPPED, found, strict=True)
    }
