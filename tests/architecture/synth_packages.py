"""Imports modules as if only the packages of requirements-synth.txt were installed.

Usage: python -m tests.architecture.synth_packages PACKAGE …
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.metadata import packages_distributions
from types import ModuleType

from tests.lock_files import SYNTH, pins


class OnlySynthPackages(MetaPathFinder):
    """Rejects the import of every other installed package."""

    def __init__(self) -> None:
        allowed = {pin.name for pin in pins(SYNTH)} | {"redline-local-cloud", "redline-operations"}
        self._rejected = {
            module
            for module, owners in packages_distributions().items()
            if allowed.isdisjoint(_normalized(owner) for owner in owners)
        }

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> None:
        if fullname.partition(".")[0] in self._rejected:
            raise ModuleNotFoundError(f"{fullname} is not in {SYNTH.name}", name=fullname)


def import_all(package: str) -> None:
    """Import a package with all its modules, except those that start a command."""
    imported = importlib.import_module(package)
    for module in pkgutil.iter_modules(getattr(imported, "__path__", ())):
        if module.name != "__main__":
            import_all(f"{package}.{module.name}")


def _normalized(name: str) -> str:
    return name.replace("_", "-").replace(".", "-").lower()


if __name__ == "__main__":
    sys.meta_path.insert(0, OnlySynthPackages())
    for each in sys.argv[1:]:
        import_all(each)
