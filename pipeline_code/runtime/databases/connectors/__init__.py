"""The connectors, one file per kind of database; `connectors()` finds them."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from pipeline_code.runtime.databases.connector import Connector


@cache
def connectors() -> dict[str, Connector]:
    """Return the `CONNECTOR` of each file of this folder, by the name of the file."""
    return {
        each.name: importlib.import_module(f"{__name__}.{each.name}").CONNECTOR
        for each in pkgutil.iter_modules(__path__)
    }
