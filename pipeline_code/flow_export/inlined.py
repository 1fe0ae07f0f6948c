"""Joins modules of this project to one text that imports none of them."""

import ast
from collections.abc import Sequence

from pipeline_code.runtime.job_errors import SettingError
from pipeline_code.runtime.module_source import ModuleSource, find_source, imported_modules

ROOT = "pipeline_code"


def inlined(modules: Sequence[str]) -> str:
    """The imports and the code of the modules and of all modules of this project they import.

    Raises SettingError if two modules define a name differently.
    """
    sources = _in_order(modules)
    imports: set[str] = set()
    bodies, defined = [], dict[str, str]()
    for source in sources:
        body = []
        for statement in source.tree.body:
            text = _text(source, statement)
            if isinstance(statement, ast.Import | ast.ImportFrom):
                imports |= {ast.unparse(statement)} if not _is_own(statement) else set()
            elif not _is_docstring(statement) and _is_new(statement, text, defined, source):
                body.append(text)
        if body:
            bodies.append(f"# {source.name}\n\n" + "\n\n".join(body))
    return "\n".join(sorted(imports)) + "\n\n\n" + "\n\n\n".join(bodies) + "\n"


def _in_order(modules: Sequence[str]) -> list[ModuleSource]:
    """The modules and what they import, each after its imports."""
    ordered: dict[str, ModuleSource] = {}

    def add(name: str) -> None:
        if name in ordered:
            return
        source = find_source(name)
        for imported in imported_modules(source):
            if not find_source(imported).is_package:
                add(imported)
        ordered[name] = source

    for name in modules:
        add(name)
    return list(ordered.values())


def _text(source: ModuleSource, statement: ast.stmt) -> str:
    """The lines of a statement, with its decorators and the comments before it."""
    lines = source.text.splitlines()
    decorators = getattr(statement, "decorator_list", [])
    first = min([statement.lineno, *(each.lineno for each in decorators)]) - 1
    while first and lines[first - 1].startswith("#"):
        first -= 1
    return "\n".join(lines[first : statement.end_lineno])


def _is_own(statement: ast.Import | ast.ImportFrom) -> bool:
    return isinstance(statement, ast.ImportFrom) and (statement.module or "").startswith(ROOT)


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _is_new(statement: ast.stmt, text: str, defined: dict[str, str], source: ModuleSource) -> bool:
    """Whether no earlier module has the same definition."""
    names = _names(statement)
    for name in names:
        if defined.get(name, text) != text:
            raise SettingError(f"{source.name}: {name} has another meaning in another module")
    known = bool(names) and all(name in defined for name in names)
    defined.update(dict.fromkeys(names, text))
    return not known


def _names(statement: ast.stmt) -> list[str]:
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return [statement.name]
    targets = getattr(statement, "targets", [getattr(statement, "target", None)])
    return [target.id for target in targets if isinstance(target, ast.Name)]
