"""The declared columns of a table, and the text forms of their values."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.time_texts import is_timestamp

# UNLOAD writes t and f; files for COPY and most tools have other forms.
TRUE_VALUES = ["t", "T", "true", "True", "TRUE", "1", "y", "Y", "yes", "Yes", "YES"]
FALSE_VALUES = ["f", "F", "false", "False", "FALSE", "0", "n", "N", "no", "No", "NO"]

# The longest VARCHAR of Redshift.
LONGEST_TEXT_BYTES = 65_535
# The maximum number of names in a message.
_MOST_LISTED = 40


@dataclass(frozen=True)
class ColumnType:
    """A type of column: its Arrow type, the check of a value's text, and the expected text.

    `holds` returns for each value of the Arrow type whether the column allows it. Without `holds`
    the column allows all values of the type.
    """

    arrow: pa.DataType
    reads: Callable[[str], bool]
    looks: str
    holds: Callable[[pa.ChunkedArray], pa.ChunkedArray] | None = None

    def first_undeclared(self, values: pa.ChunkedArray) -> int:
        """Return the index of the first value that the column does not allow, or -1."""
        if self.holds is None:
            return -1
        index: int = pc.index(self.holds(values.cast(self.arrow)), False).as_py()
        return index


def _is_integer(text: str) -> bool:
    return re.fullmatch(r"\s*-?[0-9]{1,19}\s*", text) is not None and abs(int(text)) < 2**63


def _is_float(text: str) -> bool:
    try:
        # Unlike Arrow, Python accepts digits of other scripts and 1_000.
        return text.isascii() and "_" not in text and math.isfinite(float(text))
    except ValueError:
        return False


def _is_boolean(text: str) -> bool:
    return text in TRUE_VALUES or text in FALSE_VALUES


def _is_date(text: str) -> bool:
    try:
        return len(text.strip()) == len("2008-12-31") and bool(date.fromisoformat(text.strip()))
    except ValueError:
        return False


def _is_short(text: str) -> bool:
    try:
        return len(text.encode()) <= LONGEST_TEXT_BYTES
    # JSON can contain half of a surrogate pair: "\\ud800".
    except UnicodeEncodeError:
        return False


def _are_short(values: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.less_equal(pc.binary_length(values), LONGEST_TEXT_BYTES)


INTEGER = ColumnType(pa.int64(), _is_integer, "a whole number such as 12")
FLOAT = ColumnType(pa.float64(), _is_float, "a number such as 1.5", pc.is_finite)
BOOLEAN = ColumnType(pa.bool_(), _is_boolean, "one of t, f, true, false, yes, no, 1, 0")
DATE = ColumnType(pa.date32(), _is_date, "a date such as 2008-12-31")
TIMESTAMP = ColumnType(
    pa.timestamp("us"), is_timestamp, "a time such as 2008-12-31 23:59:59 or 2008-12-31 23:59:59+01"
)
STRING = ColumnType(
    pa.string(), _is_short, f"text of at most {LONGEST_TEXT_BYTES} bytes", _are_short
)


def choice(*values: str) -> ColumnType:
    """Create the type of a column that allows only these texts, such as a category."""

    def are_declared(given: pa.ChunkedArray) -> pa.ChunkedArray:
        return pc.is_in(given, pa.array(values))

    looks = f"one of {', '.join(values)}"
    return ColumnType(pa.string(), values.__contains__, looks, are_declared)


@dataclass(frozen=True)
class Column:
    """The name and type of a column.

    A table may lack an optional column, but not single values of it. A row may lack the value of a
    nullable column: NULL, null in JSON, or an empty text in every format, because UNLOAD writes
    NULL to CSV as an empty text (https://docs.aws.amazon.com/redshift/latest/dg/r_UNLOAD.html,
    NULL AS).
    """

    name: str
    type: ColumnType
    optional: bool = False
    nullable: bool = False

    def reads(self, text: str) -> bool:
        """Whether the text is a value of the column, or a missing value."""
        return (self.nullable and not text) or self.type.reads(text)

    @property
    def looks(self) -> str:
        """The expected text, for messages."""
        return f"{self.type.looks}, or empty" if self.nullable else self.type.looks

    def without_empty_texts(self, values: pa.ChunkedArray) -> pa.ChunkedArray:
        """Replace empty texts by null if the column is nullable."""
        if not self.nullable or not pa.types.is_string(values.type):
            return values
        return pc.if_else(pc.equal(values, ""), None, values)


@dataclass(frozen=True)
class Schema:
    """The columns of a table, in the order of a file without header.

    At least one required column is a number or a date. Optional columns are last.
    """

    columns: tuple[Column, ...]

    @property
    def names(self) -> list[str]:
        """The names of all columns, including optional columns."""
        return [column.name for column in self.columns]

    @property
    def required(self) -> list[str]:
        """The names of the required columns."""
        return [column.name for column in self.columns if not column.optional]

    @property
    def nullable(self) -> list[str]:
        """The names of the columns whose values may be missing."""
        return [column.name for column in self.columns if column.nullable]

    def select(self, names: Sequence[str]) -> "Schema":
        """Return a schema of these columns, all required, in the order of this schema."""
        chosen = (column for column in self.columns if column.name in names)
        return Schema(tuple(replace(column, optional=False) for column in chosen))

    def arrow(self) -> pa.Schema:
        """The Arrow schema of a table with these columns."""
        return pa.schema([(column.name, column.type.arrow) for column in self.columns])

    def declares(self, table: pa.Table) -> bool:
        """Whether the columns of the table allow all its values."""
        return all(
            column.type.first_undeclared(table[column.name]) < 0
            and (column.nullable or not table[column.name].null_count)
            for column in self.columns
        )

    def is_header(self, fields: Sequence[str]) -> bool:
        """Whether a line's fields are column names and not values.

        A line of values contains a number or a date, which is not a column name. So a header is
        never read as a row, and a row is never read as a header.
        """
        named = {field.strip().lower() for field in fields}
        like_names = all(re.fullmatch(r"[a-z_][a-z0-9_.]*", field) for field in named)
        return like_names and not named.isdisjoint(self.names)

    def present(self, names: Sequence[str], *, source: str) -> "Schema":
        """Return the schema of data with columns of these names.

        Raises DataError, which names `source` and each missing or undeclared column.
        """
        given = set(names)
        missing = [name for name in self.required if name not in given]
        unknown = [name for name in names if name not in self.names]
        if missing or unknown or len(given) < len(names):
            raise DataError(
                f"{source}: missing {_listed(missing)}, not declared {_listed(unknown)}; "
                f"has {_listed(names)}, must have {_listed(self.names)}"
            )
        return self.select(names)


def _listed(names: Sequence[str]) -> str:
    shown = [name[:80] for name in names[:_MOST_LISTED]]
    more = [f"{len(names) - _MOST_LISTED} more"] if len(names) > _MOST_LISTED else []
    return ", ".join(shown + more) or "none"
