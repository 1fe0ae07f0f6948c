"""docs/faults.md: the list of faults, from the markers of the tests that inject them.

Command: python tests/faults/page.py docs/faults.md
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
BEGIN = "<!-- made by python tests/faults/page.py docs/faults.md -->"
END = "<!-- end of what it made -->"
OUTCOMES = ("survived: ", "failed cleanly: ")


@dataclass(frozen=True)
class Row:
    """What one test shows: `sees` begins with the outcome, one of `OUTCOMES`."""

    what: str
    sees: str
    retried: str
    kept: str

    def __post_init__(self) -> None:
        if not self.sees.startswith(OUTCOMES):
            raise ValueError(f"sees is {self.sees!r}: it must begin with one of {OUTCOMES}")


def row_of(arguments: Sequence[Any], keywords: Mapping[str, Any]) -> Row:
    """The row of a marker `fault(what, sees=, retried=, kept=)`."""
    return Row(*arguments, **keywords)


def tables() -> str:
    """A table per test module, under what its docstring says."""
    return "\n".join(_table(path) for path in sorted(FOLDER.glob("test_*_faults.py")))


def written(page: str) -> str:
    """The page with the tables of today."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{tables()}{END}{after}"


def _table(path: Path) -> str:
    module = ast.parse(path.read_text())
    lines = [f"### {str(ast.get_docstring(module)).splitlines()[0].rstrip('.')}"]
    lines += ["| what happens | what a person sees | what is tried again | what is kept |"]
    lines += ["| --- | --- | --- | --- |"]
    lines += [f"| {r.what} | {r.sees} | {r.retried} | {r.kept} |" for r in _rows(module)]
    return "\n".join(lines) + "\n"


def _rows(module: ast.Module) -> Iterator[Row]:
    functions = [node for node in module.body if isinstance(node, ast.FunctionDef)]
    for decorator in (each for function in functions for each in function.decorator_list):
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.fault":
            keywords = {str(word.arg): ast.literal_eval(word.value) for word in decorator.keywords}
            yield row_of([ast.literal_eval(given) for given in decorator.args], keywords)


if __name__ == "__main__":
    file = Path(sys.argv[1])
    file.write_text(written(file.read_text()))
