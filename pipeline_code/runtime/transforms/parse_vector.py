"""Splits texts of numbers into columns."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline_code.runtime.flows.columns import TEXT, with_columns, with_fields
from pipeline_code.runtime.flows.transform import Transform
from pipeline_code.runtime.job_errors import DataError


@dataclass(frozen=True)
class ParseVector(Transform):
    """Replaces a text such as `[0.5, 1, -2]` by `size` columns, named `column.0` and so on.

    An embedding in the warehouse is such a text, because Redshift has no type for vectors. Brackets
    and spaces are ignored; `separator` is between the numbers.
    """

    size: int = 0
    separator: str = ","
    allowed = TEXT

    def check(self) -> None:
        """Raise SettingError without a size, or for a separator that is not one character."""
        if self.size < 1 or len(self.separator) != 1:
            raise self.refused(
                f"size is {self.size} and separator is {self.separator!r}: size must be at least "
                "1, and separator one character"
            )

    def outputs(self, schema: pa.Schema) -> pa.Schema:
        """The columns of the numbers instead of the texts."""
        self.require(schema)
        names = [f"{name}.{number}" for name in self.columns for number in range(self.size)]
        return with_fields(schema, dict.fromkeys(names, pa.float64()), without=self.columns)

    def apply(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Split the texts. Raises DataError for a text without `size` numbers."""
        columns = {}
        for name in self.columns:
            for number, values in enumerate(self._parsed(name, batch[name])):
                columns[f"{name}.{number}"] = values
        return with_columns(batch, columns, without=self.columns)

    def _parsed(self, name: str, texts: pa.Array) -> list[pa.Array]:
        trimmed = pc.utf8_trim(texts, "[](){} ")
        parts = pc.split_pattern(trimmed, self.separator)
        wrong = pc.index(pc.equal(pc.list_value_length(parts), self.size), False).as_py()
        if wrong >= 0:
            raise self._error(name, texts, wrong)
        missing = pc.is_null(texts).to_numpy(zero_copy_only=False)
        flat = pc.utf8_trim_whitespace(parts.flatten())
        try:
            numbers = flat.cast(pa.float64()).to_numpy()
        except pa.ArrowInvalid as error:
            raise self._error(name, texts, _first_invalid(parts)) from error
        matrix = np.zeros((len(texts), self.size))
        matrix[~missing] = numbers.reshape(-1, self.size)
        return [pa.array(column, mask=missing) for column in matrix.T]

    def _error(self, name: str, texts: pa.Array, row: int) -> DataError:
        return DataError(
            f"row {row + 1}, column {name}: {texts[row].as_py()[:80]!r} must be {self.size} "
            f"numbers with {self.separator!r} between them"
        )


def _first_invalid(parts: pa.Array) -> int:
    """The first row with a part that is not a number."""
    for row, texts in enumerate(parts.to_pylist()):
        try:
            pc.utf8_trim_whitespace(pa.array(texts or [], pa.string())).cast(pa.float64())
        except pa.ArrowInvalid:
            return row
    return 0
