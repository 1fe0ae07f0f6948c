"""The declared columns of a table and how each value is written as text."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from pipeline_code.runtime.errors import DataError

# UNLOAD writes t and f, COPY's files and most tools one of the others.
TRUE_VALUES = ["t", "T", "true", "True", "TRUE", "1", "y", "Y", "yes", "Yes", "YES"]
FALSE_VALUES = ["f", "F", "false", "False", "FALSE", "0", "n", "N", "no", "No", "NO"]


@dataclass(frozen=True)
class ColumnType:
    """A type of column: its Arrow type, the test of a value's text, and how such a text looks.

    With `choices`, no other text than these is a value.
    """

    arrow: pa.DataType
    reads: Callable[[str], bool]
    looks: str
    choices: tuple[str, ...] | None = None

    def first_undeclared(self, values: pa.ChunkedArray) -> int:
        """The index of the first value that is not among the choices, or -1."""
        if self.choices is None:
            return -1
        declared = pc.is_in(values.cast(pa.string()), pa.array(self.choices))
        index: int = pc.index(declared, False).as_py()
        return index


def _is_integer(text: str) -> bool:
    return re.fullmatch(r"\s*-?[0-9]{1,19}\s*", text) is not None and abs(int(text)) < 2**63


def _is_float(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _is_boolean(text: str) -> bool:
    return text in TRUE_VALUES or text in FALSE_VALUES


def _is_date(text: str) -> bool:
    try:
        return len(text.strip()) == len("2008-12-31") and bool(date.fromisoformat(text.strip()))
    except ValueError:
        return False


INTEGER = ColumnType(pa.int64(), _is_integer, "a whole number such as 12")
FLOAT = ColumnType(pa.float64(), _is_float, "a number such as 1.5")
BOOLEAN = ColumnType(pa.bool_(), _is_boolean, "one of t, f, true, false, yes, no, 1, 0")
DATE = ColumnType(pa.date32(), _is_date, "a date such as 2008-12-31")
STRING = ColumnType(pa.string(), lambda _: True, "text")


def choice(*values: str) -> ColumnType:
    """The type of a column that holds nothing but these texts, such as a category."""
    return ColumnType(pa.string(), values.__contains__, f"one of {', '.join(values)}", values)


@dataclass(frozen=True)
class Column:
    """A column by name and type. No value may be absent, but an optional column as a whole."""

    name: str
    type: ColumnType
    optional: bool = False


@dataclass(frozen=True)
class Schema:
    """The columns of a table in the order in which a file without header holds them.

    At least one required column is a number or a date; the optional ones come last.
    """

    columns: tuple[Column, ...]

    @property
    def names(self) -> list[str]:
        """The names of all columns, optional ones included."""
        return [column.name for column in self.columns]

    @property
    def required(self) -> list[str]:
        """The names of the columns that all data must have."""
        return [column.name for column in self.columns if not column.optional]

    def select(self, names: Sequence[str]) -> "Schema":
        """The columns of these names, all required, in this schema's order."""
        return Schema(tuple(Column(c.name, c.type) for c in self.columns if c.name in names))

    def arrow(self) -> pa.Schema:
        """The schema of the table that holds these columns."""
        return pa.schema([(column.name, column.type.arrow) for column in self.columns])

    def declares(self, table: pa.Table) -> bool:
        """Whether every value of the table's columns is one that its column may hold."""
        return all(column.type.first_undeclared(table[column.name]) < 0 for column in self.columns)

    def is_header(self, fields: Sequence[str]) -> bool:
        """Whether a line's fields are names of columns and not values.

        A line of values never passes, as its number or date is not a name. So no header is read
        as data and no row of data is taken for a header.
        """
        named = {field.strip().lower() for field in fields}
        like_names = all(re.fullmatch(r"[a-z_][a-z0-9_.]*", field) for field in named)
        return like_names and not named.isdisjoint(self.names)

    def present(self, names: Sequence[str], *, source: str) -> "Schema":
        """The schema of data that has these names; checks that they are the right ones.

        Raises DataError that names `source` and each column that is missing or not declared.
        """
        missing = [name for name in self.required if name not in names]
        unknown = [name for name in names if name not in self.names]
        if missing or unknown or len(set(names)) < len(names):
            raise DataError(
                f"{source}: missing {_listed(missing)}, not declared {_listed(unknown)}; "
                f"has {_listed(names)}, must have {_listed(self.names)}"
            )
        return self.select(names)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) or "none"
