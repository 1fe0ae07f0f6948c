"""The reference of the fields of an environment, made from dataclasses and docstrings of fields."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields

from stacks.config import (
    Budget,
    Database,
    Environment,
    ExistingNetwork,
    ExistingWarehouse,
    Lake,
    Network,
    Pause,
    Pipeline,
    Promotion,
    Retention,
    Schedule,
    Serving,
    Studio,
    Warehouse,
)

# Class -> the expression that creates a value in stacks/environments.py.
SETTINGS: Mapping[type, str] = {
    Environment: "Environment(…)",
    Network: "Network(…)",
    ExistingNetwork: "Network.existing(…)",
    Warehouse: "Warehouse(…)",
    Pause: "Pause(…)",
    ExistingWarehouse: "Warehouse.existing(…)",
    Database: "Database(…)",
    Lake: "Lake(…)",
    Retention: "Retention(…)",
    Pipeline: "Pipeline(…)",
    Schedule: "Schedule(…)",
    Budget: "Budget(…)",
    Studio: "Studio(…)",
    Serving: "Serving(…)",
    Promotion: "Promotion(…)",
}


def reference() -> str:
    """Return a table of fields for each class: name, type, default, meaning."""
    return "\n\n".join(_section(settings, title) for settings, title in SETTINGS.items())


def field_docstrings(settings: type) -> dict[str, str]:
    """Return the docstring after each field of a dataclass, as one line. They are not in Python."""
    (definition,) = ast.parse(inspect.getsource(settings)).body
    assert isinstance(definition, ast.ClassDef)
    found = {}
    for field, text in zip(definition.body, definition.body[1:], strict=False):
        match field, text:
            case ast.AnnAssign(ast.Name(name)), ast.Expr(ast.Constant(str(value))):
                found[name] = " ".join(value.split())
    return found


def _section(settings: type, title: str) -> str:
    documented = field_docstrings(settings)
    rows = [
        f"| `{each.name}` | {_type(each)} | {_default(each)} | {documented[each.name]} |"
        for each in fields(settings)
    ]
    first = " ".join((inspect.getdoc(settings) or "").split())
    heading = ["| field | type | default | meaning |", "|---|---|---|---|"]
    return "\n".join([f"## `{title}`", first, "", *heading, *rows])


def _type(field: Field[object]) -> str:
    return f"`{field.type}`".replace("|", "\\|")


def _default(field: Field[object]) -> str:
    if field.default_factory is not MISSING:
        return f"`{field.default_factory()!r}`"
    return "required" if field.default is MISSING else f"`{field.default!r}`"
