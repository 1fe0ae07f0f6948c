"""Adds the length of texts."""

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from pipeline_code.runtime.flows.columns import TEXT, with_columns, with_fields
from pipeline_code.runtime.flows.transform import Transform


@dataclass(frozen=True)
class TextLength(Transform):
    """Adds the numbers of characters and words, as `column.characters` and `column.words`."""

    allowed = TEXT

    def outputs(self, schema: pa.Schema) -> pa.Schema:
        """Two more columns for each column."""
        self.require(schema)
        names = [f"{n}.{end}" for n in self.columns for end in ("characters", "words")]
        return with_fields(schema, dict.fromkeys(names, pa.float64()))

    def apply(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Add the lengths; those of a missing text are missing."""
        columns = {}
        for name in self.columns:
            texts = batch[name]
            characters = pc.utf8_length(texts)
            words = pc.count_substring_regex(texts, r"\S+")
            columns[f"{name}.characters"] = characters.cast(pa.float64())
            columns[f"{name}.words"] = words.cast(pa.float64())
        return with_columns(batch, columns)
