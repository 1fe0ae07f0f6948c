"""Hides the packages that a template has loaded, until a program imports them.

The program finds those names of packages in `sys.modules` that it finds in a new process, and
imports a module that its path has in another place from there. Modules that cannot be imported by
their name, which extension modules register, are not hidden.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType


class LoadedModules(MetaPathFinder, Loader):
    """The modules of the packages in `folders`, as a finder of `sys.meta_path`.

    `packages` are the files of the packages. `after_import` are functions that are called when a
    module is imported.
    """

    def __init__(self, folders: Sequence[str]) -> None:
        self._folders = folders
        self._modules: dict[str, ModuleType] = {}
        self.packages: Mapping[str, str] = {}
        self.after_import: dict[str, Callable[[], object]] = {}

    def collect(self) -> None:
        """Find the modules that have been loaded until now."""
        self.packages = files_of_modules(self._folders)
        self._modules = {
            name: module
            for name, module in sys.modules.items()
            if name.partition(".")[0] in self.packages
            and file_of(getattr(module, "__spec__", None))
        }

    def hide(self) -> None:
        """Remove the modules from `sys.modules`, and offer them for import."""
        for name in self._modules:
            del sys.modules[name]
        sys.meta_path.insert(0, self)

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return a spec whose loader returns the module, if `path` leads to the same file."""
        module = self._modules.get(name)
        if module is None or file_of(PathFinder.find_spec(name, path)) != file_of(module.__spec__):
            return None
        return ModuleSpec(name, self, loader_state=module.__spec__)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Return the module, without executing its code again."""
        return self._modules.pop(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Give the module its own spec again."""
        assert module.__spec__ is not None
        module.__spec__ = module.__spec__.loader_state
        if action := self.after_import.get(module.__name__):
            action()


def files_of_modules(path: Sequence[str]) -> Mapping[str, str]:
    """Return the files of all loaded modules and packages in `path`, without those in packages."""
    return {
        name: file
        for name in list(sys.modules)
        if "." not in name and (file := file_of(PathFinder.find_spec(name, path)))
    }


def file_of(spec: ModuleSpec | None) -> str | None:
    """Return the file of a module; None for a module that is built in or not found."""
    return spec.origin if spec is not None and spec.has_location else None
