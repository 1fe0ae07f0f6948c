"""The sources of modules, which may be files or members of a zip."""

import ast
import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

# The root package of the runtime, which pipelines of every root package import.
_RUNTIME_ROOT = __name__.partition(".")[0]


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
    """Yield the module `name`, its packages and all modules of this project that they import.

    These are the modules of their root package, and of the root package of the runtime. Imports
    within functions are included; imports of computed names are not found.
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
    """Yield the modules of the same root package and of the runtime's that a module imports."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = list(_imported_from(node, source))
        else:
            continue
        yield from (name for name in names if _is_own(name, source))


def _imported_from(node: ast.ImportFrom, source: ModuleSource) -> Iterator[str]:
    """Yield the module of `from module import names`, and each name that is a module of it."""
    here = source.name if source.is_package else source.name.rpartition(".")[0]
    module = importlib.util.resolve_name("." * node.level + (node.module or ""), here)
    yield module
    if _is_own(module, source) and find_source(module).is_package:
        names = [f"{module}.{alias.name}" for alias in node.names]
        yield from (name for name in names if importlib.util.find_spec(name))


def _is_own(name: str, source: ModuleSource) -> bool:
    """Whether a module is of the root package of `source`, or of that of the runtime."""
    return name.partition(".")[0] in (source.name.partition(".")[0], _RUNTIME_ROOT)
