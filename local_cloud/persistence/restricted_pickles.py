"""Loads pickles that contain only objects of the services.

https://docs.python.org/3/library/pickle.html#restricting-globals
"""

from __future__ import annotations

import pickle
from typing import Any

_PACKAGES = ("local_cloud.", "moto.")
_MODULES = frozenset(
    {"collections", "datetime", "decimal", "ipaddress", "uuid", "zoneinfo"}
)
_OTHERS = frozenset(
    {
        ("builtins", "bytearray"),
        ("builtins", "frozenset"),
        ("builtins", "set"),
        ("builtins", "range"),
        ("builtins", "dict"),
        ("builtins", "list"),
        ("builtins", "object"),
        ("copyreg", "_reconstructor"),
        ("functools", "partial"),
        ("re", "_compile"),
        ("werkzeug.datastructures.headers", "Headers"),
    }
)


class NotSaved(pickle.UnpicklingError):
    """The bytes refer to something that is not in a saved state."""


class RestrictedUnpickler(pickle.Unpickler):
    """Loads classes and functions of the services, and a few harmless ones of other packages."""

    def find_class(self, module: str, name: str) -> Any:
        """Return a class or a function if a saved state may contain it."""
        if "." not in name and (module in _MODULES or (module, name) in _OTHERS):
            return super().find_class(module, name)
        found = super().find_class(module, name) if module.startswith(_PACKAGES) else None
        if getattr(found, "__module__", None) != module:
            raise NotSaved(f"{module}.{name} is not part of a saved state")
        return found
