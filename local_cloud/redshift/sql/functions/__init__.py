"""The functions of Redshift's SQL reference, one module per chapter. Modules are discovered."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from functools import lru_cache

from local_cloud.redshift.sql.functions.registry import Function, Kind, Shape

_NOT_CHAPTERS = ("registry", "unavailable")


@lru_cache(maxsize=1)
def functions() -> dict[str, tuple[Function, ...]]:
    """Return the overloads of each function by its name in lower case."""
    found: dict[str, tuple[Function, ...]] = {}
    for function in _entries():
        found[function.name] = (*found.get(function.name, ()), function)
    return found


def _entries() -> Iterator[Function]:
    for module in pkgutil.iter_modules(__path__):
        if module.name not in _NOT_CHAPTERS:
            chapter = importlib.import_module(f"{__name__}.{module.name}")
            yield from chapter.FUNCTIONS


def is_aggregate(name: str) -> bool:
    """Return whether an aggregate function has this name."""
    overloads = functions().get(name, ())
    return bool(overloads) and overloads[0].shape is Shape.AGGREGATE


def takes_date_part(name: str) -> bool:
    """Return whether the first argument of a function is a date part such as `month`."""
    return any(f.arguments[:1] == (Kind.PART,) for f in functions().get(name, ()))
