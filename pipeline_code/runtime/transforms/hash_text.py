"""Replaces texts by counts of their words in a fixed number of columns."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from pipeline_code.runtime.flows.columns import TEXT, from_matrix, with_columns, with_fields
from pipeline_code.runtime.flows.murmur_hash import murmur_hash
from pipeline_code.runtime.flows.transform import Transform
from pipeline_code.runtime.words import normalized, words_of


@dataclass(frozen=True)
class HashText(Transform):
    """Replaces a text by `size` columns, named `column.hash0` and so on. It needs no fit.

    A hash of a word selects its column and its sign. The columns of a text have the length 1, as
    those of scikit-learn's HashingVectorizer.
    """

    size: int = 32
    allowed = TEXT

    def check(self) -> None:
        """Raise SettingError for a size that is not from 1 to 10,000."""
        if not 1 <= self.size <= 10_000:
            raise self.refused(f"size is {self.size}: must be from 1 to 10,000")

    def outputs(self, schema: pa.Schema) -> pa.Schema:
        """The columns of the hashes instead of the texts."""
        self.require(schema)
        names = [f"{name}.hash{number}" for name in self.columns for number in range(self.size)]
        return with_fields(schema, dict.fromkeys(names, pa.float64()), without=self.columns)

    def apply(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Replace the texts."""
        columns = {}
        for name in self.columns:
            weights = np.zeros((batch.num_rows, self.size))
            for row, words in enumerate(words_of(batch[name])):
                for word, count in words.items():
                    hashed = murmur_hash(word)
                    weights[row, abs(hashed) % self.size] += count if hashed >= 0 else -count
            for number, column in enumerate(from_matrix(normalized(weights).T)):
                columns[f"{name}.hash{number}"] = column
        return with_columns(batch, columns, without=self.columns)
