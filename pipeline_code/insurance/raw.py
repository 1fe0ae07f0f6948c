"""Reads raw files line by line: the valid rows, and the errors of the other rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline_code.insurance.dictionary import (
    COLUMNS,
    FIRST_CONTRIBUTION,
    FIRST_NUMBER,
    PRODUCTS,
)

# Such as ticdata2000.txt. Other files in the folder are not read.
DATA_FILES = "ticdata*.txt"
# An error shows at most so many characters of an invalid value.
LONGEST_VALUE = 80
Codes = tuple[int, ...]


@dataclass(frozen=True)
class Refusal:
    """A rejected row: its location, its first invalid value and the allowed values."""

    file: str
    line: int
    column: str
    value: str
    allowed: str

    def __str__(self) -> str:
        return (
            f"{self.file}, line {self.line}, {self.column}: {self.value!r}, "
            f"allowed is {self.allowed}"
        )


@dataclass(frozen=True)
class RawFile:
    """One file: the codes of each valid row, and the errors of the other rows."""

    name: str
    rows: list[Codes]
    refusals: list[Refusal]


def read_files(folder: Path) -> list[RawFile]:
    """Read the raw files below `folder`, sorted by name."""
    return [
        read(path.read_bytes(), name=path.relative_to(folder).as_posix())
        for path in sorted(folder.rglob(DATA_FILES))
    ]


def others(folder: Path) -> list[str]:
    """Return the names of the files below `folder` that are not raw files."""
    files = {path for path in folder.rglob("*") if path.is_file()}
    return sorted(
        path.relative_to(folder).as_posix() for path in files - set(folder.rglob(DATA_FILES))
    )


def read(content: bytes, *, name: str) -> RawFile:
    """Parse a raw file: 86 numbers per line, separated by tabs, no header, any line ends."""
    rows, refusals = [], []
    for number, fields in _lines(content):
        checked = _checked(fields, file=name, line=number)
        if isinstance(checked, Refusal):
            refusals.append(checked)
        else:
            rows.append(checked)
    return RawFile(name, rows, refusals)


def _lines(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """Yield the number (from 1) and the fields of every line that is not blank."""
    # Latin-1 decodes every byte, so the error for an invalid byte names its line and column.
    for number, line in enumerate(content.decode("latin-1").split("\n"), start=1):
        if line.strip():
            yield number, line.removesuffix("\r").split("\t")


def _checked(fields: list[str], *, file: str, line: int) -> Codes | Refusal:
    if len(fields) != len(COLUMNS):
        allowed = f"{len(COLUMNS)} columns with tabs between them"
        return Refusal(file, line, "columns", str(len(fields)), allowed)
    codes = [column.domain.values.get(field) for column, field in zip(COLUMNS, fields, strict=True)]
    known = tuple(code for code in codes if code is not None)
    if len(known) < len(codes):
        wrong = codes.index(None)
        domain = COLUMNS[wrong].domain
        allowed = f"a whole number from {domain.first} to {domain.last}"
        return Refusal(file, line, _named(wrong), fields[wrong][:LONGEST_VALUE], allowed)
    odd = _contradiction(known)
    if odd is not None:
        allowed = f"0 as long as {_named(_partner(odd))} is 0"
        return Refusal(file, line, _named(odd), fields[odd], allowed)
    return known


def _contradiction(codes: Codes) -> int | None:
    """Find the first column of a contribution without a policy, or of a policy without one."""
    for index in range(FIRST_CONTRIBUTION, FIRST_NUMBER):
        if bool(codes[index]) != bool(codes[_partner(index)]):
            return index if codes[index] else _partner(index)
    return None


def _partner(index: int) -> int:
    """Return the column of the number for that of a contribution, and vice versa."""
    return index + len(PRODUCTS) if index < FIRST_NUMBER else index - len(PRODUCTS)


def _named(index: int) -> str:
    return f"column {COLUMNS[index].code} ({COLUMNS[index].name})"
