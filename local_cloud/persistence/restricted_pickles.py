"""Pickles that contain only objects of the services, and of a few packages that they use.

https://docs.python.org/3/library/pickle.html#restricting-globals
"""

from __future__ import annotations

import pickle
from typing import Any

_PACKAGES = ("local_cloud.", "moto.")
_MODULES = frozenset(
    {
        "collections",
        "datetime",
        "dateutil.tz.tz",
        "decimal",
        "ipaddress",
        "pathlib",
        "requests.structures",
        "uuid",
        "werkzeug.datastructures.headers",
        "werkzeug.datastructures.structures",
        "zoneinfo",
    }
)
_OTHERS = frozenset(
    {
        *(("builtins", kind.__name__) for kind in (bytearray, dict, frozenset, list, object)),
        *(
            ("builtins", kind.__name__)
            for kind in (bool, bytes, float, int, range, set, str, tuple)
        ),
        ("copyreg", "_reconstructor"),
        ("functools", "partial"),
        ("re", "_compile"),
    }
)


class NotSaved(pickle.PickleError):
    """An object is of a class that a saved state does not contain."""


def check_class(module: str, name: str) -> None:
    """Raise `NotSaved` unless a saved state may contain this class or function."""
    allowed = module.startswith(_PACKAGES) or module in _MODULES or (module, name) in _OTHERS
    if "." in name or not allowed:
        raise NotSaved(f"{module}.{name} is not part of a saved state")


class RestrictedUnpickler(pickle.Unpickler):
    """Loads only classes and functions that `check_class` accepts."""

    def find_class(self, module: str, name: str) -> Any:
        """Return a class or a function. It must be of its module, which may import others."""
        check_class(module, name)
        found = super().find_class(module, name)
        if module.startswith(_PACKAGES) and found.__module__ != module:
            raise NotSaved(f"{module}.{name} is not part of a saved state")
        return found
