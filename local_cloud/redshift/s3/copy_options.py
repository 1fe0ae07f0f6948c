"""Parses a COPY statement. An unsupported option raises an error with its name."""

from __future__ import annotations

from dataclasses import dataclass, field

from local_cloud.redshift.s3.common_options import (
    Read,
    constant,
    field_widths,
    flag,
    format_of,
    read_option,
    role,
    text,
)
from local_cloud.redshift.sql.word_reader import Reader
from local_cloud.redshift.statement_errors import StatementFailed, refused

UNAVAILABLE_SOURCES = ("dynamodb", "emr", "ssh")
_FORMATS = ("csv", "parquet", "json", "fixedwidth")
UNAVAILABLE_FORMATS = ("AVRO", "ORC", "SHAPEFILE")
# Format -> the options that it does not allow. Source: page "Data format parameters" of COPY.
_TEXT_ONLY = (
    *("delimiter", "quote", "ignore_header", "null_as", "time_format", "date_format"),
    *("compression", "remove_quotes", "empty_as_null", "blanks_as_null", "accept_inv_chars"),
    *("escape", "fill_record", "ignore_blank_lines", "trim_blanks", "round_decimals"),
    *("accept_any_date", "truncate_columns"),
)
_INCOMPATIBLE = {
    "parquet": _TEXT_ONLY,
    "csv": ("remove_quotes", "escape"),
    "fixedwidth": ("delimiter", "escape", "remove_quotes"),
    "json": ("delimiter", "escape", "fill_record", "ignore_blank_lines", "null_as")
    + ("remove_quotes", "ignore_header"),
}


@dataclass
class CopyOptions:
    """The options of a COPY. None means Redshift's default.

    `kind` is text, csv, json, fixedwidth or parquet. `widths` are the widths of fixed-width fields
    in characters. `json` is `auto`, `auto ignorecase` or the URI of a JSONPaths file.
    """

    table: tuple[str, ...]
    columns: list[str] | None
    source: str
    role_arn: str = ""
    region: str | None = None
    kind: str = "text"
    manifest: bool = False
    delimiter: str | None = None
    quote: str | None = None
    ignore_header: int = 0
    null_as: str | None = None
    time_format: str | None = None
    date_format: str | None = None
    compression: str | None = None
    json: str | None = None
    widths: list[int] = field(default_factory=list)
    escape: bool = False
    explicit_ids: bool = False
    fill_record: bool = False
    ignore_blank_lines: bool = False
    trim_blanks: bool = False
    round_decimals: bool = False
    accept_any_date: bool = False
    remove_quotes: bool = False
    empty_as_null: bool = False
    blanks_as_null: bool = False
    truncate_columns: bool = False
    accept_inv_chars: str | None = None
    max_error: int = 0
    given: set[str] = field(default_factory=set)

    @property
    def field_delimiter(self) -> str:
        """The delimiter. The default is `|` for text and `,` for CSV."""
        return self.delimiter or ("," if self.kind == "csv" else "|")

    def check(self) -> None:
        """Raise StatementFailed for combinations of options that Redshift rejects."""
        if not self.role_arn:
            raise StatementFailed("ERROR: COPY needs credentials: add IAM_ROLE 'arn:aws:iam::…'")
        if len(self.field_delimiter) != 1:
            raise StatementFailed("ERROR: COPY delimiter must be a single character")
        if wrong := sorted(self.given & set(_INCOMPATIBLE.get(self.kind, ()))):
            word = next(word for word, (name, _) in _OPTIONS.items() if name == wrong[0])
            if self.kind == "parquet":
                raise StatementFailed(f"ERROR: {word} argument is not supported for PARQUET")
            raise StatementFailed(f"ERROR: {self.kind.upper()} is not compatible with {word}")
        if self.quote is not None and self.kind != "csv":
            raise StatementFailed("ERROR: QUOTE is only valid with CSV")


def read_copy(reader: Reader) -> CopyOptions:
    """Parse COPY table [(column, …)] FROM 's3://…' option …"""
    reader.expect("COPY")
    table = reader.qualified_name()
    columns = None
    if reader.accept("("):
        columns = reader.names()
        reader.expect(")")
    reader.expect("FROM")
    options = CopyOptions(table, columns, _source(reader))
    while not reader.done:
        _refuse_format(reader)
        name = read_option(reader, options, _OPTIONS, statement="COPY")
        if name == "kind":
            _read_format(reader, options)
    options.check()
    return options


def _source(reader: Reader) -> str:
    source = reader.text()
    scheme = source.partition(":")[0].lower()
    if scheme in UNAVAILABLE_SOURCES:
        raise refused(f"COPY from {scheme}")
    return source


def _refuse_format(reader: Reader) -> None:
    if reader.peek() in UNAVAILABLE_FORMATS:
        raise refused(f"the COPY format {reader.peek()}")


def _read_format(reader: Reader, options: CopyOptions) -> None:
    """Read the words that follow the name of a format."""
    if options.kind == "fixedwidth":
        options.widths = field_widths(text(reader))
    elif options.kind == "json":
        options.json = text(reader) if reader.next_is_text() or reader.peek() == "AS" else "auto"
        if options.json == "noshred":
            raise refused("JSON 'noshred'")


def _number(reader: Reader) -> int:
    reader.accept("AS")
    return reader.number()


def _replacement(reader: Reader) -> str:
    reader.accept("AS")
    return reader.text() if reader.next_is_text() else "?"


def _switch(reader: Reader) -> None:
    for word in ("ON", "OFF", "TRUE", "FALSE", "PRESET"):
        if reader.accept(word):
            return


# COMPUPDATE and STATUPDATE control compression and statistics, so they have no effect here.
_OPTIONS: dict[str, tuple[str, Read]] = {
    "IAM_ROLE": ("role_arn", role),
    "REGION": ("region", text),
    "FORMAT": ("kind", format_of("COPY", _FORMATS)),
    **{kind.upper(): ("kind", constant(kind)) for kind in _FORMATS},
    "MANIFEST": ("manifest", flag),
    "DELIMITER": ("delimiter", text),
    "QUOTE": ("quote", text),
    "IGNOREHEADER": ("ignore_header", _number),
    "NULL": ("null_as", text),
    "TIMEFORMAT": ("time_format", text),
    "DATEFORMAT": ("date_format", text),
    "GZIP": ("compression", constant("GZIP")),
    "BZIP2": ("compression", constant("BZIP2")),
    "ESCAPE": ("escape", flag),
    "EXPLICIT_IDS": ("explicit_ids", flag),
    "FILLRECORD": ("fill_record", flag),
    "IGNOREBLANKLINES": ("ignore_blank_lines", flag),
    "TRIMBLANKS": ("trim_blanks", flag),
    "ROUNDEC": ("round_decimals", flag),
    "ACCEPTANYDATE": ("accept_any_date", flag),
    "REMOVEQUOTES": ("remove_quotes", flag),
    "EMPTYASNULL": ("empty_as_null", flag),
    "BLANKSASNULL": ("blanks_as_null", flag),
    "TRUNCATECOLUMNS": ("truncate_columns", flag),
    "ACCEPTINVCHARS": ("accept_inv_chars", _replacement),
    "MAXERROR": ("max_error", _number),
    "COMPUPDATE": ("compupdate", _switch),
    "STATUPDATE": ("statupdate", _switch),
}
