"""A profile of a table: counts that describe its rows without containing them.

Profiles of the parts of a table can be merged, so each instance of a job profiles its own rows. A
profile does not depend on the order of the rows.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline_code.runtime.dataset import Dataset
from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.row_hashes import hashes_of
from pipeline_code.runtime.timestamps import days_of

Kind = Literal["number", "date", "text"]
# A text column with more values, such as a name, has no buckets.
MOST_BUCKETS = 20_000
# Of the keys of all rows, the profile contains those with the smallest hashes: a random sample.
MOST_KEYS = 4_096


@dataclass(frozen=True)
class ColumnProfile:
    """The values of a column.

    `buckets` is value -> [number of rows, sum of each target over them]. A number is counted by its
    first three significant digits, a date by its day. `least` and `most` are exact.
    """

    kind: Kind
    nulls: int = 0
    least: Any = None
    most: Any = None
    buckets: Mapping[str, Sequence[float]] = field(default_factory=dict)

    def merged(self, other: Self) -> "ColumnProfile":
        """The profile of the rows of both."""
        buckets = _summed([*self.buckets.items(), *other.buckets.items()])
        if self.is_unbounded or other.is_unbounded:
            buckets = {}
        ends = [end for each in (self, other) for end in (each.least, each.most) if end is not None]
        least, most = (min(ends), max(ends)) if ends else (None, None)
        return ColumnProfile(self.kind, self.nulls + other.nulls, least, most, buckets)

    @property
    def is_unbounded(self) -> bool:
        """Whether the column has values but, because they are too many, no buckets."""
        return self.least is not None and not self.buckets

    def rounded(self) -> "ColumnProfile":
        """The same with sums of six digits, which do not depend on the order of the rows."""
        buckets = {
            name: [n, *(float(f"{total:.6g}") for total in totals)]
            for name, (n, *totals) in self.buckets.items()
        }
        return replace(self, buckets=buckets)


@dataclass(frozen=True)
class Profile:
    """The rows of a table. `keys` is hash of a key -> number of rows with this key."""

    rows: int
    keys: Mapping[str, int]
    columns: Mapping[str, ColumnProfile]

    def merged(self, other: Self) -> "Profile":
        """The profile of the rows of both. The columns of a table without rows are unknown."""
        if not (self.rows and other.rows):
            return self if self.rows else other
        if self.columns.keys() != other.columns.keys():
            raise DataError(
                f"the instances read different columns: {', '.join(self.columns)} and "
                f"{', '.join(other.columns)}; check the files of the data"
            )
        columns = {name: self.columns[name].merged(other.columns[name]) for name in self.columns}
        keys = Counter(self.keys)
        keys.update(other.keys)
        return Profile(self.rows + other.rows, _sampled(keys), columns)

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the profile, in hexadecimal."""
        return sha256(self.to_json().encode()).hexdigest()

    def to_json(self) -> str:
        """Return the same text for the same rows."""
        # dataclasses.asdict would copy each of the buckets, which takes most of the time.
        columns = {name: vars(column) for name, column in self.columns.items()}
        document = {"rows": self.rows, "keys": self.keys, "columns": columns}
        return json.dumps(document, sort_keys=True, allow_nan=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The profile from `to_json`; raises DataError for any other text."""
        try:
            document = json.loads(text)
            columns = {name: ColumnProfile(**each) for name, each in document["columns"].items()}
            return cls(document["rows"], document["keys"], columns)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise DataError(f"not a profile of data: {error!r}") from error


def profile_of(rows: pa.Table, dataset: Dataset, *, key: Sequence[str] = ()) -> Profile:
    """The profile of rows of `dataset`; without `key`, all columns identify a row."""
    labels = dataset.labels(rows).astype(np.float64)
    targets = labels.T if labels.ndim > 1 else [labels]
    columns = {name: _column(rows[name], targets) for name in rows.column_names}
    batches = rows.select(list(key) or rows.column_names).to_batches()
    hashes = np.concatenate([hashes_of(batch) for batch in batches] or [np.zeros(0, np.uint64)])
    unique, counts = np.unique(hashes, return_counts=True)
    sample = zip(unique[:MOST_KEYS].tolist(), counts.tolist(), strict=False)
    return Profile(rows.num_rows, {f"{key:016x}": count for key, count in sample}, columns)


def read_profile(folder: Path) -> Profile:
    """The merged profile of all instances; raises DataError if there are no rows."""
    merged = Profile(0, {}, {})
    for path in sorted(folder.glob("*.json")):
        merged = merged.merged(Profile.from_json(path.read_text(encoding="utf-8")))
    if not merged.rows:
        raise DataError("the profiles have no rows: check the tables and the query of the data")
    columns = {name: column.rounded() for name, column in merged.columns.items()}
    return Profile(merged.rows, merged.keys, columns)


def _column(values: pa.ChunkedArray, targets: Iterable[npt.NDArray[np.float64]]) -> ColumnProfile:
    values = days_of(values)
    encoded = values.drop_null().combine_chunks().dictionary_encode()
    kind, different = _kind(values.type), encoded.dictionary
    if kind != "number":
        different = different.cast(pa.string())
    is_known = pc.is_valid(values).to_numpy()
    rows = encoded.indices.to_numpy()
    counts = np.bincount(rows, minlength=len(different)).tolist()
    totals = [
        np.bincount(rows, weights=target[is_known], minlength=len(different)).tolist()
        for target in targets
    ]
    texts = different.to_pylist()
    names = map(_rounded, texts) if kind == "number" else texts
    buckets = _summed(zip(names, zip(counts, *totals, strict=True), strict=True))
    least, most = (min(texts), max(texts)) if texts else (None, None)
    return ColumnProfile(kind, values.null_count, least, most, buckets)


def _kind(given: pa.DataType) -> Kind:
    if pa.types.is_date(given):
        return "date"
    return "number" if pa.types.is_integer(given) or pa.types.is_floating(given) else "text"


def _rounded(number: float) -> str:
    """The number with three significant digits, in its shortest form."""
    return f"{number:.3g}"


def _summed(counted: Iterable[tuple[str, Sequence[float]]]) -> dict[str, Sequence[float]]:
    """The sums by value, or nothing for too many values."""
    buckets: dict[str, Sequence[float]] = {}
    for name, sums in counted:
        known = buckets.get(name)
        buckets[name] = [a + b for a, b in zip(known, sums, strict=True)] if known else list(sums)
    return buckets if len(buckets) <= MOST_BUCKETS else {}


def _sampled(keys: Mapping[str, int]) -> dict[str, int]:
    return {key: keys[key] for key in sorted(keys)[:MOST_KEYS]}
