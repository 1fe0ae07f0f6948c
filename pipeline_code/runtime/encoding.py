"""Encodes raw rows as numbers; what it needs is computed from the training rows, once.

Training saves the fitted encoding with the model, so training, batches and endpoints encode alike.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline_code.runtime.dataset import Dataset
from pipeline_code.runtime.job_errors import SettingError
from pipeline_code.runtime.missing_values import KEEP, Kind, Treatment
from pipeline_code.runtime.schema import Column

Numbers = npt.NDArray[np.float64]
# Of one column. Rarer categories are encoded as unknown.
MOST_CATEGORIES = 100
# The missing values of a column with the treatment OWN_CATEGORY; no text of a row is empty.
MISSING = ""
_ALLOWED: Mapping[str, tuple[Kind, ...]] = {
    "text": ("keep", "constant", "most frequent", "own category"),
    "flag": ("keep", "constant", "most frequent"),
    "number": ("keep", "constant", "median", "most frequent"),
    "time": ("keep", "constant", "median", "most frequent"),
}


@dataclass(frozen=True)
class Encoding:
    """The encoding of the inputs of a data set.

    `missing` is nullable column -> treatment; the missing values of the other ones are kept. A text
    becomes a flag for each category of the training rows, a date or time three numbers: the day
    since 1970 (with a fraction), the day of the week (Monday is 0) and the day of the year. Raises
    SettingError for a treatment that the column does not allow.
    """

    dataset: Dataset
    missing: Mapping[str, Treatment] = field(default_factory=dict)

    def __post_init__(self) -> None:
        columns = {column.name: column for column in self.dataset.inputs.columns}
        for name, treatment in self.missing.items():
            _check(name, treatment, columns)

    def fit(self, rows: pa.Table) -> "FittedEncoding":
        """Compute what the encoding needs from training rows."""
        names = [name for name in self.dataset.inputs.names if name in rows.column_names]
        return FittedEncoding([self._fitted(name, rows[name]) for name in names])

    def _fitted(self, name: str, values: pa.ChunkedArray) -> "FittedColumn":
        known, treatment = values.drop_null(), self.missing.get(name, KEEP)
        replacement = treatment.replacement(known)
        if treatment.kind == "own category":
            replacement = MISSING
        categories: Sequence[str] | None = None
        if pa.types.is_string(values.type):
            filled = known if replacement is None else values.fill_null(replacement)
            categories = _most_frequent_texts(filled)
        text = None if replacement is None else str(replacement)
        return FittedColumn(name, bool(len(known)), text, categories)


@dataclass(frozen=True)
class FittedColumn:
    """The encoding of one column.

    `used` is false if no training row has a value. `replacement` is the text of the value for
    missing values, or None if they are kept. `categories` are the texts, or None for other types.
    """

    name: str
    used: bool
    replacement: str | None
    categories: Sequence[str] | None

    def encode(self, values: pa.ChunkedArray) -> list[Numbers]:
        """The features, each of shape (rows,). They are constant for a column that is not used."""
        if not self.used:
            return [np.zeros(len(values))]
        if self.replacement is not None:
            values = values.fill_null(pa.scalar(self.replacement).cast(values.type))
        if self.categories is not None:
            return [_numbers(pc.equal(values, category)) for category in self.categories]
        if pa.types.is_temporal(values.type):
            return _parts_of_time(values)
        return [_numbers(values)]


@dataclass(frozen=True)
class FittedEncoding:
    """The encoding of all columns that the training rows have."""

    columns: Sequence[FittedColumn]

    def matrix(self, rows: pa.Table) -> Numbers:
        """The features of raw rows, of shape (rows, features).

        A missing value that is kept is NaN. An unknown text has none of the flags.
        """
        parts = [part for each in self.columns for part in each.encode(rows[each.name])]
        return np.column_stack(parts)

    def document(self) -> list[dict[str, Any]]:
        """The JSON value that `from_document` reads."""
        return [asdict(each) for each in self.columns]

    @classmethod
    def from_document(cls, document: Sequence[Mapping[str, Any]]) -> Self:
        """The encoding from `document`."""
        return cls([FittedColumn(**each) for each in document])


def _check(name: str, treatment: Treatment, columns: Mapping[str, Column]) -> None:
    """Raise SettingError if the column does not allow the treatment."""
    if name not in columns:
        raise SettingError(f"missing[{name!r}]: allowed are the inputs {', '.join(columns)}")
    column = columns[name]
    if not column.nullable:
        raise SettingError(
            f"missing[{name!r}]: the column is not nullable: declare it with nullable=True, or "
            "remove the treatment"
        )
    allowed = _ALLOWED[_kind(column.type.arrow)]
    if treatment.kind not in allowed:
        raise SettingError(
            f"missing[{name!r}] is {treatment.kind!r}: allowed for {column.type.looks} are "
            f"{', '.join(allowed)}"
        )
    if treatment.kind == "constant" and not column.type.reads(str(treatment.value)):
        raise SettingError(
            f"missing[{name!r}] is the constant {treatment.value!r}: must be {column.type.looks}"
        )


def _kind(arrow: pa.DataType) -> str:
    if pa.types.is_string(arrow):
        return "text"
    if pa.types.is_boolean(arrow):
        return "flag"
    return "time" if pa.types.is_temporal(arrow) else "number"


def _numbers(values: pa.ChunkedArray) -> Numbers:
    """The values as numbers; null becomes NaN."""
    numbers = values.cast(pa.float64(), safe=False).fill_null(float("nan")).to_numpy()
    return np.asarray(numbers, dtype=np.float64)


def _parts_of_time(values: pa.ChunkedArray) -> list[Numbers]:
    moments = values.cast(pa.timestamp("us"))
    days = _numbers(moments.cast(pa.int64())) / 86_400e6
    return [days, _numbers(pc.day_of_week(moments)), _numbers(pc.day_of_year(moments))]


def _most_frequent_texts(values: pa.ChunkedArray) -> list[str]:
    """The most frequent texts, sorted, so that they do not depend on the order of the rows."""
    counts = [(-each["counts"], each["values"]) for each in pc.value_counts(values).to_pylist()]
    return sorted(text for _, text in sorted(counts)[:MOST_CATEGORIES])
