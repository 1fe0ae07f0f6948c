"""Sample rows of a table from its statistics, which contain no row: generated, or a real file.

The statistics are a JSON file that `python -m pipeline_code new NAME --from-csv FILE` writes. Both
kinds of rows become rows.csv in the form that COPY reads: comma, UTF-8, missing values are empty.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import csv

from pipeline_code.runtime.schema import TRUE_VALUES
from pipeline_code.sample_files import options, take

FILE = "rows.csv"
Type = Literal["boolean", "integer", "decimal", "date", "timestamp", "text"]
Texts = Sequence[str | None]
Numbers = npt.NDArray[np.float64]
# The share of the generated target's variance that its columns explain.
EXPLAINED = 0.75
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LAST_DAY = (datetime.max.replace(tzinfo=UTC) - EPOCH).days


@dataclass(frozen=True, kw_only=True)
class Column:
    """The statistics of a column.

    `header` is its name in the real file, `name` in the table. `missing` is the share of rows
    without a value. `quantiles` are rounded values from the least to the greatest; those of dates
    and times are days since 1970. `values` is text -> its share. `effect` is the correlation with
    the target's rank, `effects` the mean of the target's standardised rank by text. `form` is the
    format of dates and times as in strptime, or "" for ISO, and `digits` those after the point.
    A column without quantiles and values is numbered.
    """

    header: str
    name: str
    type: Type
    missing: float = 0.0
    form: str = ""
    zoned: bool = False
    digits: int = 0
    quantiles: Sequence[float] = ()
    values: Mapping[str, float] = field(default_factory=dict)
    effect: float = 0.0
    effects: Mapping[str, float] = field(default_factory=dict)

    def in_table(self, text: str | None) -> str | None:
        """The form of a text of the real file in rows.csv."""
        if text is None or self.type == "text":
            return text
        if self.type == "boolean":
            return str(text.strip() in TRUE_VALUES).lower()
        if self.type in ("date", "timestamp"):
            return self._moment(text.strip())
        return text.strip()

    def _moment(self, text: str) -> str:
        found = datetime.strptime(text, self.form) if self.form else datetime.fromisoformat(text)
        if self.type == "date":
            return str(found.date())
        utc = found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo else found
        return f"{utc.isoformat(sep=' ')}{'+00' if self.zoned else ''}"

    def shown(self, number: float) -> str:
        """The form of a generated number in rows.csv."""
        if self.type == "date":
            return str((EPOCH + timedelta(min(round(number), LAST_DAY))).date())
        if self.type == "timestamp":
            moment = EPOCH + timedelta(seconds=round(min(number, LAST_DAY) * 86_400))
            return f"{moment:%Y-%m-%d %H:%M:%S}{'+00' if self.zoned else ''}"
        return f"{number:.{self.digits}f}"


@dataclass(frozen=True, kw_only=True)
class Statistics:
    """The form of a CSV file, and the statistics of its columns.

    The effects of the columns are those on `target`. The effect of one of the `other_targets` says
    whether it grows with `target`.
    """

    rows: int
    target: str
    columns: Sequence[Column]
    other_targets: Sequence[str] = ()
    delimiter: str = ","
    quote: str = '"'
    missing_texts: Sequence[str] = ("",)

    def save(self, path: Path) -> None:
        """Write a file that `load` reads."""
        path.write_text(json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n", "utf-8")

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the statistics from a file of `save`."""
        document = json.loads(path.read_text(encoding="utf-8"))
        columns = [Column(**each) for each in document.pop("columns")]
        return cls(columns=columns, **document)

    def generate(self, seed: int) -> pa.Table:
        """Generate rows of texts; the same seed returns the same rows.

        The columns are drawn independently, and the targets depend on them.
        """
        rng = np.random.default_rng(seed)
        targets = (self.target, *self.other_targets)
        inputs = [column for column in self.columns if column.name not in targets]
        drawn = {column.name: _drawn(column, self.rows, rng) for column in inputs}
        score = _standard(sum((each.score for each in drawn.values()), np.zeros(self.rows)))
        known = {column.name: column for column in self.columns}
        for name in targets:
            sign = -1 if name != self.target and known[name].effect < 0 else 1
            noise = rng.normal(size=self.rows)
            order = sign * np.sqrt(EXPLAINED) * score + np.sqrt(1 - EXPLAINED) * noise
            rank = np.argsort(np.argsort(order)) / (self.rows - 1)
            drawn[name] = _at(known[name], rank, rng)
        return pa.table({column.name: drawn[column.name].texts for column in self.columns})

    def convert(self, path: Path) -> pa.Table:
        """Read a real file as texts in the form of rows.csv; raises ArrowInvalid."""
        table = self.read(path, [column.header for column in self.columns])
        columns = {}
        for column, values in zip(self.columns, table.columns, strict=True):
            encoded = values.combine_chunks().dictionary_encode()
            texts = pa.array(map(column.in_table, encoded.dictionary.to_pylist()), pa.string())
            columns[column.name] = texts.take(encoded.indices)
        return pa.table(columns)

    def read(self, path: Path, headers: Sequence[str]) -> pa.Table:
        """Read all columns of a file as texts, and missing texts as null."""
        return csv.read_csv(
            path,
            csv.ReadOptions(column_names=list(headers), skip_rows=1),
            csv.ParseOptions(
                delimiter=self.delimiter, quote_char=self.quote, newlines_in_values=True
            ),
            csv.ConvertOptions(
                column_types=dict.fromkeys(headers, pa.string()),
                null_values=list(self.missing_texts),
                strings_can_be_null=True,
            ),
        )


@dataclass(frozen=True)
class _Drawn:
    """The texts of a generated column, and their effects on the target, of shape (rows,)."""

    texts: Texts
    score: Numbers


def _drawn(column: Column, rows: int, rng: np.random.Generator) -> _Drawn:
    return _at(column, rng.permutation(np.linspace(0, 1, rows)), rng)


def _at(column: Column, rank: Numbers, rng: np.random.Generator) -> _Drawn:
    """The values at ranks from 0 to 1; some of them are missing."""
    missing = rng.uniform(size=len(rank)) < column.missing
    if column.quantiles:
        places = np.linspace(0, 1, len(column.quantiles))
        texts = [column.shown(each) for each in np.interp(rank, places, column.quantiles)]
        score = column.effect * _standard(rank)
    elif column.values:
        bounds = np.cumsum(list(column.values.values()))
        chosen = np.searchsorted(bounds[:-1] / bounds[-1], rank, side="right")
        names = list(column.values)
        texts = [names[index] for index in chosen]
        score = np.array([column.effects.get(text, 0.0) for text in texts])
    else:
        texts = [str(number) for number in range(1, len(rank) + 1)]
        score = np.zeros(len(rank))
    score = np.where(missing, 0.0, score)
    return _Drawn([None if m else t for m, t in zip(missing, texts, strict=True)], score)


def _standard(values: Numbers) -> Numbers:
    spread = float(values.std())
    return (values - values.mean()) / spread if spread else np.zeros(len(values))


def write(table: pa.Table, path: Path) -> None:
    """Write rows of texts as rows.csv."""
    path.parent.mkdir(parents=True, exist_ok=True)
    csv.write_csv(table, path, csv.WriteOptions(quoting_style="needed"))


def main(pipeline: str, statistics: Path, arguments: Sequence[str] | None = None) -> None:
    """Convert the real rows.csv if it exists. Otherwise generate rows and print their number."""
    parser = options(pipeline, generates="rows like those of the real file", files=[FILE])
    parsed: Any = parser.parse_args(arguments)
    known = Statistics.load(statistics)
    path: Path = parsed.output / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    if parsed.missing_from and take(parsed.missing_from, FILE, path):
        write(known.convert(path), path)
        return
    write(known.generate(parsed.seed), path)
    print(f"generated rows: {known.rows:,} in {FILE}")
