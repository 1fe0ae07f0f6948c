"""The examples of AWS' SQL reference: text files of pages, statements and expected values.

A file is a chapter. A line `# r_PAGE` names the page (docs.aws.amazon.com/redshift/latest/dg/
r_PAGE.html) of the blocks after it. A block is statements separated by `;` at the end of a line,
then `=> ` lines: a row each (columns separated by ` | `), `(0 rows)`, `ERROR: text` where Redshift
rejects the statement, or `refused: text` where the laptop's warehouse does. In copy.txt and
unload.txt, `file KEY` and indented lines lay a file into S3, and `=> files` compares names.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from local_cloud.redshift.result_set import csv_value

FOLDER = Path(__file__).parent / "golden" / "sql_reference"
CHAPTERS = sorted(path.stem for path in FOLDER.glob("*.txt"))
WITH_FILES = ("copy", "unload")


@dataclass(frozen=True)
class Example:
    """One block of a chapter."""

    page: str
    files: tuple[tuple[str, str], ...]
    statements: tuple[str, ...]
    expected: tuple[str, ...]

    @property
    def error(self):
        """What Redshift's error says, if it rejects the statement."""
        return self._after("ERROR:")

    @property
    def refusal(self):
        """What the laptop's warehouse rejects, if it does."""
        return self._after("refused:")

    @property
    def rows(self):
        """The expected rows as texts."""
        if self.expected == ("(0 rows)",):
            return []
        return [[cell.strip() for cell in _cells(line)] for line in self.expected]

    def _after(self, word):
        first = self.expected[0]
        return first.removeprefix(word).strip() if first.startswith(word) else None


def _cells(line):
    """A row's columns; `|x|` is a text with bars, not three columns."""
    return line.split(" | ") if " | " in line else [line]


def examples(chapter):
    """The blocks of a chapter in the order of its pages."""
    page, found = "", []
    for block in (FOLDER / f"{chapter}.txt").read_text().strip("\n").split("\n\n"):
        if block.startswith("# "):
            page = block.removeprefix("# ").strip()
        else:
            found.append(_example(page, block.split("\n")))
    return found


def _example(page, lines):
    expected = [line.removeprefix("=>").removeprefix(" ") for line in lines if line[:2] == "=>"]
    files, text = {}, []
    key = None
    for line in (line for line in lines if line[:2] != "=>"):
        if line.startswith("file "):
            key = line.removeprefix("file ")
            files[key] = ""
        elif key is not None and line.startswith("    "):
            files[key] += line[4:] + "\n"
        else:
            key = None
            text.append(line)
    statements = [part.strip() for part in "\n".join(text).split(";\n")]
    return Example(page, tuple(files.items()), tuple(statements), tuple(expected))


def setup():
    """The statements that create and fill the tables that the examples read."""
    lines = (FOLDER / "setup.sql").read_text().splitlines()
    text = "\n".join(line for line in lines if not line.startswith("--"))
    return [part.strip() for part in text.split(";\n") if part.strip()]


def equal(actual, expected):
    """Whether values are what the page shows: a float to the 15 digits that it prints."""
    if actual is None:
        return expected == "(null)"
    if isinstance(actual, float):
        try:
            return math.isclose(float(expected), actual, rel_tol=2e-14, abs_tol=1e-300)
        except ValueError:
            return False
    if isinstance(actual, Decimal):
        return str(actual) == expected or f"{actual:f}" == expected
    return csv_value(actual).strip() == expected


def same_rows(actual, expected, *, ordered):
    """Whether all rows are equal; in any order unless the statement asks for one."""
    if len(actual) != len(expected):
        return False
    if ordered:
        return all(_same(a, e) for a, e in zip(actual, expected, strict=True))
    left = list(expected)
    for row in actual:
        match = next((other for other in left if _same(row, other)), None)
        if match is None:
            return False
        left.remove(match)
    return True


def _same(actual, expected):
    return len(actual) == len(expected) and all(map(equal, actual, expected))
