"""Reads the files of a table in batches, without a declared schema and in bounded memory.

The types of Parquet files are theirs. A column of CSV files has the narrowest type that fits all
its values, so CSV files are read twice.
"""

import csv
import gzip
import io
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import csv as arrow_csv

from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.shard_files import GZIP_MAGIC, PARQUET_MAGIC
from pipeline_code.runtime.timestamps import in_utc

MOST_BATCH_ROWS = 65_536
MOST_BLOCK_BYTES = 8 * 1024**2
_FIRST_BYTES = 256 * 1024
_DELIMITERS = ",;\t|"
_MISSING = ["", "NA", "N/A", "NULL", "null", "NaN", "nan"]
# Numbers with leading zeros or more digits are codes, as for `new --from-csv`. A double does not
# represent them, and 01 is not 1.
_CODE = r"^[-+]?(0\d|\d{19})"
# In the order in which they are tried.
_TYPES: tuple[pa.DataType, ...] = (
    pa.int64(),
    pa.float64(),
    pa.date32(),
    pa.timestamp("us"),
    pa.string(),
)


@dataclass(frozen=True)
class TableFiles:
    """A file, or all files below a folder. The parts of UNLOAD have no suffix."""

    path: Path

    @cached_property
    def paths(self) -> list[Path]:
        """The files that are not empty. Raises DataError without such a file."""
        listed = [self.path] if self.path.is_file() else sorted(self.path.rglob("*"))
        found = [path for path in listed if path.is_file() and path.stat().st_size]
        if not found:
            raise DataError(
                f"{self.path}: no file with rows: allowed are CSV and Parquet files; check the "
                "name, or the step that writes them"
            )
        return found

    def batches(self) -> Iterator[pa.Table]:
        """Yield the rows. Raises DataError, which names the file, for what cannot be read."""
        csv_files = [path for path in self.paths if not _is_parquet(path)]
        types = _types_of(csv_files)
        for path in self.paths:
            with _named(path):
                if path in csv_files:
                    yield from (_typed(batch, types) for batch in _texts(path))
                else:
                    yield from _parquet(path)


def _is_parquet(path: Path) -> bool:
    return _starts_with(path, PARQUET_MAGIC)


def _parquet(path: Path) -> Iterator[pa.Table]:
    file = pq.ParquetFile(path, page_checksum_verification=True)
    for batch in file.iter_batches(batch_size=MOST_BATCH_ROWS):
        yield pa.Table.from_batches([batch])


def _types_of(paths: Sequence[Path]) -> dict[str, pa.DataType]:
    """The narrowest type of each column of the CSV files."""
    remaining: dict[str, list[pa.DataType]] = {}
    for path in paths:
        with _named(path):
            for batch in _texts(path):
                for name in batch.column_names:
                    types = remaining.setdefault(name, list(_TYPES))
                    while not _fits(batch[name], types[0]):
                        types.pop(0)
    return {name: types[0] for name, types in remaining.items()}


def _fits(texts: pa.ChunkedArray, to: pa.DataType) -> bool:
    try:
        _cast(texts, to)
    except pa.ArrowInvalid:
        return False
    if pa.types.is_integer(to) or pa.types.is_floating(to):
        codes = pc.match_substring_regex(pc.utf8_trim_whitespace(texts), _CODE)
        return not pc.any(codes).as_py()
    return True


def _cast(texts: pa.ChunkedArray, to: pa.DataType) -> pa.ChunkedArray:
    return in_utc(texts) if pa.types.is_timestamp(to) else texts.cast(to)


def _typed(batch: pa.Table, types: dict[str, pa.DataType]) -> pa.Table:
    names = batch.column_names
    return pa.table({name: _cast(batch[name], types[name]) for name in names})


def _texts(path: Path) -> Iterator[pa.Table]:
    """Yield the fields of a CSV file as texts, with null for a missing value."""
    names, delimiter, before = _layout(path)
    compression = "gzip" if _starts_with(path, GZIP_MAGIC) else None
    with pa.input_stream(path, compression=compression) as stream:
        reader = arrow_csv.open_csv(
            stream,
            read_options=arrow_csv.ReadOptions(
                column_names=names, skip_rows_after_names=before, block_size=MOST_BLOCK_BYTES
            ),
            parse_options=arrow_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                null_values=_MISSING,
                strings_can_be_null=True,
            ),
        )
        for batch in reader:
            yield pa.Table.from_batches([batch])


def _layout(path: Path) -> tuple[list[str], str, int]:
    """Return the names of the columns, the delimiter, and the number of records before the rows.

    They are blank lines and the header.

    Columns of a file without a header, such as the input of XGBoost, and columns without a name,
    such as the index of pandas, are column_1, column_2, ….
    """
    text = _first_bytes(path, _FIRST_BYTES).decode("utf-8-sig", "ignore")
    delimiter = max(_DELIMITERS, key=lambda each: len(_first_record(text, each)))
    fields = [field.strip() for field in _first_record(text, delimiter)]
    numbered = [f"column_{place}" for place, _ in enumerate(fields, start=1)]
    if any(map(_is_number, fields)):
        return numbered, delimiter, 0
    names = [name or number for name, number in zip(fields, numbered, strict=True)]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise DataError(
            f"{path.name}: several columns are named {', '.join(repeated)}: rename them in the "
            "header"
        )
    blank = text[: len(text) - len(text.lstrip("\r\n"))].count("\n")
    return names, delimiter, blank + 1


def _first_record(text: str, delimiter: str) -> list[str]:
    records = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return next(filter(None, records), [])


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _starts_with(path: Path, magic: bytes) -> bool:
    with path.open("rb") as file:
        return file.read(len(magic)) == magic


def _first_bytes(path: Path, count: int) -> bytes:
    opened = gzip.open if _starts_with(path, GZIP_MAGIC) else open
    with opened(path, "rb") as file:
        first: bytes = file.read(count)
    return first


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Convert the errors of reading a file to a DataError with its name."""
    try:
        yield
    # Arrow raises ArrowInvalid for rows that are no CSV, and OSError for damaged files.
    except (pa.ArrowException, csv.Error, OSError, EOFError, UnicodeDecodeError) as error:
        raise DataError(
            f"{path.name} cannot be read ({error}): allowed are CSV files in UTF-8 and Parquet "
            "files; correct the file"
        ) from error
