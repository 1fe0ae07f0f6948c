"""Detects the type of a column from all its texts, and whether a model can use it."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import pyarrow as pa
import pyarrow.compute as pc

from pipeline_code.runtime.schema import DATE, FALSE_VALUES, FLOAT, TIMESTAMP, TRUE_VALUES
from pipeline_code.sample_rows import Type
from pipeline_code.scaffold.csv_source import CsvSource

# A text with more values is not a category.
MOST_CATEGORIES = 50
# Other forms than ISO 8601. The first that reads all values is chosen.
DATE_FORMS = ("%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y", "%Y/%m/%d", "%d-%m-%Y", "%Y%m%d")
TIME_FORMS = tuple(
    f"{day} {time}" for day in DATE_FORMS for time in ("%H:%M:%S", "%H:%M", "%I:%M:%S %p")
)
_DECIMAL_COMMA = re.compile(r"\s*[-+]?\d{1,3}(\.?\d{3})*,\d+\s*|\s*[-+]?\d+,\d+\s*")
_ZONED = re.compile(r":.*(Z|[+-]\d\d(:?\d\d)?)$")


@dataclass(frozen=True)
class Detected:
    """A column of the file: its type, and its texts, in which missing values are null.

    A column that `may_be_empty` has missing values in other rows.
    """

    header: str
    name: str
    type: Type
    form: str
    texts: pa.ChunkedArray
    is_target: bool = False
    may_be_empty: bool = False

    @cached_property
    def counts(self) -> dict[str, int]:
        """Text -> number of rows, in descending order."""
        found = pc.value_counts(self.texts.drop_null()).to_pylist()
        pairs = [(each["values"], each["counts"]) for each in found]
        return dict(sorted(pairs, key=lambda pair: (-pair[1], pair[0])))

    @property
    def nullable(self) -> bool:
        """Whether a value is missing, here or in other rows."""
        return self.may_be_empty or bool(self.texts.null_count)

    @property
    def missing(self) -> float:
        """The share of rows without a value."""
        return float(self.texts.null_count / max(len(self.texts), 1))

    @property
    def zoned(self) -> bool:
        """Whether a time has a zone."""
        return self.type == "timestamp" and any(map(_ZONED.search, self.counts))

    @property
    def is_number(self) -> bool:
        """Whether the values are numbers."""
        return self.type in ("integer", "decimal")

    @cached_property
    def unusable(self) -> str:
        """The reason why a model cannot use the column, or an empty text."""
        rows, different = len(self.texts) - self.texts.null_count, len(self.counts)
        if not different:
            return "has no value"
        if different == 1:
            return "has only one value"
        if self.type == "text" and all(map(_DECIMAL_COMMA.fullmatch, self.counts)):
            example = next(iter(self.counts))
            return (
                f"has numbers with a decimal comma, such as {example!r}: write them with a point, "
                "or compute numbers from them in query.sql"
            )
        if self.is_target:
            return ""
        if different == rows and self.type in ("integer", "text") and _is_key(self):
            return "has another value in every row, like a key"
        if self.type == "text" and different > min(MOST_CATEGORIES, rows / 4):
            return f"is a text with {different:,} values: compute features from it in query.sql"
        return ""


def detect(source: CsvSource) -> list[Detected]:
    """Detect the types of all columns."""
    columns = zip(source.headers, source.names, source.texts.columns, strict=True)
    return [_detected(header, name, texts) for header, name, texts in columns]


def _detected(header: str, name: str, texts: pa.ChunkedArray) -> Detected:
    different = pc.unique(texts.drop_null()).to_pylist()
    kind, form = _type(different) if different else ("text", "")
    return Detected(header, name, kind, form, texts)


def _type(texts: Sequence[str]) -> tuple[Type, str]:
    trimmed = [text.strip() for text in texts]
    if _is_boolean(trimmed):
        return "boolean", ""
    readers: Iterable[tuple[Type, Callable[[str], bool]]] = (
        ("integer", _is_integer),
        ("decimal", _is_decimal),
        ("date", DATE.reads),
        ("timestamp", TIMESTAMP.reads),
    )
    for kind, reads in readers:
        if all(map(reads, trimmed)):
            return kind, ""
    forms: Iterable[tuple[Type, Sequence[str]]] = (("date", DATE_FORMS), ("timestamp", TIME_FORMS))
    for kind, candidates in forms:
        for form in candidates:
            if all(_has_form(text, form) for text in trimmed):
                return kind, form
    return "text", ""


def _is_boolean(texts: Sequence[str]) -> bool:
    values = set(texts)
    return bool(
        values <= {*TRUE_VALUES, *FALSE_VALUES}
        and values & set(TRUE_VALUES)
        and values & set(FALSE_VALUES)
    )


def _is_integer(text: str) -> bool:
    """Whether the text is a whole number; with leading zeros or many digits, it is a code."""
    return re.fullmatch(r"-?(0|[1-9]\d{0,17})", text, re.ASCII) is not None


def _is_decimal(text: str) -> bool:
    return re.match(r"-?(0\d|\d{19})", text, re.ASCII) is None and FLOAT.reads(text)


def _has_form(text: str, form: str) -> bool:
    try:
        return bool(datetime.strptime(text, form))
    except ValueError:
        return False


def _is_key(column: Detected) -> bool:
    if column.type == "text":
        return True
    numbers = sorted(map(int, column.counts))
    is_dense = numbers[-1] - numbers[0] < 2 * len(numbers)
    return is_dense or re.search(r"(^|_)(id|key|no|nr|number)(_|$)|id$", column.name) is not None
