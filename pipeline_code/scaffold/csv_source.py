"""Reads any CSV file as texts: DuckDB finds its delimiter, quotes and header."""

import csv
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from sqlglot.dialects import Redshift

from pipeline_code.sample_rows import Statistics
from pipeline_code.scaffold.errors import InvalidSource

# The texts of databases and tools for a missing value; the UCI repository writes `?`.
MISSING_TEXTS = ("", "NULL", "null", "NA", "N/A", "n/a", "NaN", "nan", "?", "\\N")
# Redshift's system columns, which are no keywords
# (https://docs.aws.amazon.com/redshift/latest/dg/r_names.html).
_SYSTEM = ("tableoid", "xmin", "cmin", "xmax", "cmax", "ctid", "oid")
LONGEST_NAME = 40
_DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True)
class CsvSource:
    """A CSV file as texts. `headers` are the names in the file, `names` those of the table."""

    form: Statistics
    headers: Sequence[str]
    names: Sequence[str]
    texts: pa.Table


def read_csv_source(path: Path) -> CsvSource:
    """Read the file; raises InvalidSource."""
    if not path.is_file():
        raise InvalidSource(f"{path} is not a file: pass the path of a CSV file with a header")
    if not path.stat().st_size:
        raise _without_rows(path)
    _check_bytes(path)
    form, headers = _sniffed(path)
    try:
        texts = form.read(path, headers)
    except (pa.ArrowInvalid, UnicodeDecodeError) as error:
        raise InvalidSource(f"{path.name} cannot be read: {_first_line(error)}") from error
    if not texts.num_rows:
        raise _without_rows(path)
    return CsvSource(form, headers, _column_names(headers), texts)


def _check_bytes(path: Path) -> None:
    """Reject NUL bytes, which no text in UTF-8 has."""
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if b"\0" in line:
                raise InvalidSource(
                    f"line {number} of {path.name} has NUL bytes: it is damaged or in UTF-16; "
                    "save it as CSV in UTF-8, or remove the bytes with `tr -d '\\0'`"
                )


def _sniffed(path: Path) -> tuple[Statistics, list[str]]:
    # The commands of environments on AWS do without DuckDB.
    import duckdb

    question = (
        "SELECT Delimiter, Quote, Columns FROM sniff_csv(?, header=true, skip=0, sample_size=-1)"
    )
    try:
        found = duckdb.connect().execute(question, [str(path)]).fetchone()
    except duckdb.Error as error:
        raise InvalidSource(
            f"{path.name} is not a CSV file in UTF-8 with a header: {_first_line(error)}"
        ) from error
    assert found is not None
    delimiter, quote, columns = found
    headers = [column["name"] for column in columns]
    if len(headers) == 1:
        _check_lines(path, headers[0])
    if any(re.fullmatch(r"[-\d.,:/ ]*", header) for header in headers):
        raise InvalidSource(
            f"the first line of {path.name} has the values {', '.join(headers[:5])}: it must have "
            "the names of the columns"
        )
    quote = quote if len(quote) == 1 else '"'
    form = Statistics(
        rows=0,
        target="",
        columns=(),
        delimiter=delimiter,
        quote=quote,
        missing_texts=MISSING_TEXTS,
    )
    return form, headers


def _check_lines(path: Path, header: str) -> None:
    """Reject a file whose lines have different numbers of fields: DuckDB finds one column in it."""
    delimiter = next((sign for sign in _DELIMITERS if sign in header), None)
    if delimiter is None:
        return
    with path.open(encoding="utf-8", newline="") as file:
        lines = csv.reader(file, delimiter=delimiter)
        width = len(next(lines))
        for line in lines:
            if len(line) != width:
                raise InvalidSource(
                    f"line {lines.line_num} of {path.name} has {len(line)} fields, and the first "
                    f"line has {width}: correct the line, or quote texts that contain {delimiter!r}"
                )


def _without_rows(path: Path) -> InvalidSource:
    return InvalidSource(f"{path.name} has no rows: pass a CSV file with a header")


def _column_names(headers: Iterable[str]) -> list[str]:
    """The names of the columns of the table: each is allowed in SQL without quotes, and unique."""
    names: list[str] = []
    for header in headers:
        name = base = _name(header)
        number = 2
        while name in names:
            name, number = f"{base}_{number}", number + 1
        names.append(name)
    return names


def _name(header: str) -> str:
    plain = unicodedata.normalize("NFKD", header.casefold()).encode("ascii", "ignore").decode()
    name = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:LONGEST_NAME] or "column"
    if name[0].isdigit():
        name = f"c_{name}"
    reserved = name in Redshift.Generator.RESERVED_KEYWORDS or name in _SYSTEM
    return f"{name}_" if reserved else name


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:200]
