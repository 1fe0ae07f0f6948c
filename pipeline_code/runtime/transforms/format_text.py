"""Changes the form of texts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from pipeline_code.runtime.flows.columns import TEXT, with_columns
from pipeline_code.runtime.flows.transform import Transform

_TEXT_OPERATIONS: Mapping[str, Callable[[pa.Array], pa.Array]] = {
    "trim": pc.utf8_trim_whitespace,
    "lower": pc.utf8_lower,
    "upper": pc.utf8_upper,
    "title": pc.utf8_title,
    "single_spaces": lambda texts: pc.replace_substring_regex(texts, r"\s+", " "),
    "digits": lambda texts: pc.replace_substring_regex(texts, r"[^0-9]", ""),
}


@dataclass(frozen=True)
class FormatText(Transform):
    """Applies operations to texts, in their order, and then replaces what matches `pattern`.

    `pattern` is a regular expression of RE2 (https://github.com/google/re2/wiki/Syntax). A text
    that becomes empty is missing.
    """

    operations: Sequence[str] = ("trim",)
    pattern: str = ""
    replacement: str = ""
    allowed = TEXT

    def check(self) -> None:
        """Raise SettingError for an unknown operation or an invalid pattern."""
        for operation in self.operations:
            self.require_choice("an operation", operation, list(_TEXT_OPERATIONS))
        try:
            pc.replace_substring_regex(pa.array([""]), self.pattern, self.replacement)
        except pa.ArrowInvalid as error:
            raise self.refused(f"pattern is {self.pattern!r}: {error}") from error

    def outputs(self, schema: pa.Schema) -> pa.Schema:
        """The same columns."""
        self.require(schema)
        return schema

    def apply(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Change the texts."""
        return with_columns(batch, {name: self._formatted(batch[name]) for name in self.columns})

    def _formatted(self, texts: pa.Array) -> pa.Array:
        for operation in self.operations:
            texts = _TEXT_OPERATIONS[operation](texts)
        if self.pattern:
            texts = pc.replace_substring_regex(texts, self.pattern, self.replacement)
        return pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)
