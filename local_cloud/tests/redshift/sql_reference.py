"""The examples of AWS' SQL reference: text files of pages, statements and expected values.

Each file contains a chapter. A line `# r_PAGE` names the page of the following blocks
(docs.aws.amazon.com/redshift/latest/dg/r_PAGE.html). A block contains statements, separated by `;`
at the end of a line, and then lines with `=> ` and the expected result: a row (columns separated by
` | `), `(0 rows)`, `ERROR: text` if Redshift rejects the statement, or `refused: text` if only the
laptop's warehouse rejects it. In copy.txt and unload.txt, `file KEY` with indented lines writes a
file to S3, and `=> files` compares the names of files.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from local_cloud.redshift.result_set import csv_value

FOLDER = Path(__file__).parent / "golden" / "sql_reference"
CHAPTERS = sorted(path.stem for path in FOLDER.glob("[a-z]*.txt"))
WITH_FILES = ("copy", "unload")


@dataclass(frozen=True)
class Example:
    """A block of a chapter."""

    page: str
    files: tuple[tuple[str, str], ...]
    statements: tuple[str, ...]
    expected: tuple[str, ...]

    @property
    def error(self):
        """Redshift's error message, if Redshift rejects the statement."""
        return self._after("ERROR:")

    @property
    def refusal(self):
        """The unsupported feature, if the laptop's warehouse rejects the statement."""
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
    """Split a row into columns. `|x|` is a text with bars, not three columns."""
    return line.split(" | ") if " | " in line else [line]


def examples(chapter):
    """Return the blocks of a chapter in the order of its pages."""
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
    """Return the statements that create and fill the tables of the examples."""
    lines = (FOLDER / "setup.sql").read_text().splitlines()
    text = "\n".join(line for line in lines if not line.startswith("--"))
    return [part.strip() for part in text.split(";\n") if part.strip()]


def equal(actual, expected):
    """Return whether values are equal. Floats are compared to 15 digits, as a page shows them."""
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
    """Return whether all rows are equal, in any order unless `ordered`."""
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
