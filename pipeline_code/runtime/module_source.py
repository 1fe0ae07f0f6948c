"""The sources of modules, which may be files or members of a zip."""

import ast
import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ModuleSource:
    """The name, text and location of a module that is not imported."""

    name: str
    text: str
    is_package: bool
    origin: str

    @property
    def path(self) -> str:
        """The path of the module relative to its entry of sys.path."""
        return self.name.replace(".", "/") + ("/__init__.py" if self.is_package else ".py")

    @property
    def tree(self) -> ast.Module:
        """The parsed text."""
        return ast.parse(self.text, filename=self.origin)


def find_source(name: str) -> ModuleSource:
    """Find the source of the module `name`; raises ModuleNotFoundError."""
    spec = importlib.util.find_spec(name)
    if spec is None:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    # importlib's abstract classes do not include zipimporter.
    loader: Any = spec.loader
    return ModuleSource(name, loader.get_source(name), loader.is_package(name), str(spec.origin))


def imported_sources(name: str) -> Iterator[ModuleSource]:
    """Yield the module `name`, its packages and all modules of the root package that they import.

    Imports within functions are included; imports of computed names are not found.
    """
    pending, seen = [name], set[str]()
    while pending:
        name = pending.pop()
        if name in seen:
            continue
        seen.add(name)
        source = find_source(name)
        yield source
        package, _, _ = name.rpartition(".")
        pending += [*([package] if package else []), *imported_modules(source)]


def imported_modules(source: ModuleSource) -> Iterator[str]:
    """Yield the modules of the same root package that a module imports."""
    root = source.name.partition(".")[0]
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = list(_imported_from(node, source))
        else:
            continue
        yield from (name for name in names if name.partition(".")[0] == root)


def _imported_from(node: ast.ImportFrom, source: ModuleSource) -> Iterator[str]:
    """Yield the module of `from module import names`, and each name that is a module of it."""
    here = source.name if source.is_package else source.name.rpartition(".")[0]
    module = importlib.util.resolve_name("." * node.level + (node.module or ""), here)
    yield module
    if module.partition(".")[0] == source.name.partition(".")[0] and find_source(module).is_package:
        names = [f"{module}.{alias.name}" for alias in node.names]
        yield from (name for name in names if importlib.util.find_spec(name))
