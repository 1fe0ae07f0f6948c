"""The number of texts, and for each word the number of its occurrences and of texts with it."""

from collections import Counter
from dataclasses import dataclass, field

import pyarrow as pa

from pipeline_code.runtime.sketches.value_counts import Categories
from pipeline_code.runtime.words import words_of


@dataclass
class WordCounts:
    """The words of texts. Raises DataError for too many different words."""

    texts: int = 0
    words: Categories = field(default_factory=Categories)
    texts_with: Counter[str] = field(default_factory=Counter)

    def update(self, values: pa.Array) -> None:
        """Add texts; a missing text has no words."""
        self.texts += len(values)
        for words in words_of(values):
            self.texts_with.update(words.keys())
            self.words.add(words)

    def merge(self, other: "WordCounts") -> None:
        """Add the words of another summary."""
        self.texts += other.texts
        self.texts_with.update(other.texts_with)
        self.words.merge(other.words)
