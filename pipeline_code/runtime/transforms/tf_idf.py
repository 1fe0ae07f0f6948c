"""Replaces texts by weights of their words."""

from collections import Counter
from dataclasses import dataclass, replace
from math import log
from typing import Any, Self

import numpy as np
import pyarrow as pa

from pipeline_code.runtime.flows.columns import TEXT, from_matrix, with_columns, with_fields
from pipeline_code.runtime.flows.transform import Statistics, Transform
from pipeline_code.runtime.sketches.word_counts import WordCounts
from pipeline_code.runtime.words import normalized, words_of


@dataclass(frozen=True)
class TfIdf(Transform):
    """Replaces a text by a column for each of the `most` most frequent words of the training rows.

    The columns are named `column:word`. The weight of a word is its number in the text, times
    ln((1 + texts) / (1 + texts with the word)) + 1. The weights of a text have the length 1, as
    those of scikit-learn's TfidfVectorizer.
    """

    most: int = 100
    allowed = TEXT

    def check(self) -> None:
        """Raise SettingError for a number of words that is not from 1 to 10,000."""
        if not 1 <= self.most <= 10_000:
            raise self.refused(f"most is {self.most}: must be from 1 to 10,000")

    def outputs(self, schema: pa.Schema) -> pa.Schema:
        """The columns of the known words instead of the texts."""
        self.require(schema)
        names = [f"{name}:{word}" for name, words in (self.state or {}).items() for word in words]
        return with_fields(schema, dict.fromkeys(names, pa.float64()), without=self.columns)

    def statistics(self) -> Statistics:
        """The counts of the words."""
        return {name: WordCounts() for name in self.columns}

    def fitted(self, statistics: Statistics, schema: pa.Schema) -> Self:
        """The state is word -> factor by column."""
        return replace(self, state={name: self._factors(each) for name, each in statistics.items()})

    def apply(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Replace the texts."""
        columns = {}
        for name, factors in self.known().items():
            weights = np.array([_weights(words, factors) for words in words_of(batch[name])])
            weights = normalized(weights.reshape(batch.num_rows, len(factors)))
            for word, column in zip(factors, from_matrix(weights.T), strict=True):
                columns[f"{name}:{word}"] = column
        return with_columns(batch, columns, without=self.columns)

    def _factors(self, found: Any) -> dict[str, float]:
        words = sorted(found.words.most_frequent(self.most))
        return {word: log((1 + found.texts) / (1 + found.texts_with[word])) + 1 for word in words}


def _weights(words: Counter[str], factors: dict[str, float]) -> list[float]:
    return [words[word] * factor for word, factor in factors.items()]
