"""Reads a COPY statement into its options; what is not carried out is refused by name."""

from __future__ import annotations

from dataclasses import dataclass, field

from local_cloud.redshift.s3.common_options import Read, flag, format_of, read_option, role, text
from local_cloud.redshift.sql.word_reader import Reader
from local_cloud.redshift.statement_errors import StatementFailed

_TEXT_ONLY = (
    *("delimiter", "quote", "ignore_header", "null_as", "time_format", "date_format", "gzip"),
    *("remove_quotes", "empty_as_null", "blanks_as_null", "accept_inv_chars"),
)


@dataclass
class CopyOptions:
    """What a COPY says. `kind` is text, csv or parquet; None means Redshift's default."""

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
    gzip: bool = False
    remove_quotes: bool = False
    empty_as_null: bool = False
    blanks_as_null: bool = False
    truncate_columns: bool = False
    accept_inv_chars: str | None = None
    max_error: int = 0
    given: set[str] = field(default_factory=set)

    @property
    def field_delimiter(self) -> str:
        """The delimiter given, else `|` for text and `,` for CSV."""
        return self.delimiter or ("," if self.kind == "csv" else "|")

    def check(self) -> None:
        """Refuse combinations that Redshift refuses."""
        if not self.role_arn:
            raise StatementFailed("ERROR: COPY needs credentials: give IAM_ROLE 'arn:aws:iam::…'")
        if len(self.field_delimiter) != 1:
            raise StatementFailed("ERROR: COPY delimiter must be a single character")
        if self.kind == "parquet" and (wrong := sorted(self.given & set(_TEXT_ONLY))):
            raise StatementFailed(
                f"ERROR: {wrong[0].upper()} argument is not supported for PARQUET"
            )
        if self.kind == "csv" and self.remove_quotes:
            raise StatementFailed("ERROR: CSV is not compatible with REMOVEQUOTES")
        if self.quote is not None and self.kind != "csv":
            raise StatementFailed("ERROR: QUOTE is only valid with CSV")


def read_copy(reader: Reader) -> CopyOptions:
    """COPY table [(column, …)] FROM 's3://…' option …"""
    reader.expect("COPY")
    table = reader.qualified_name()
    columns = None
    if reader.accept("("):
        columns = reader.names()
        reader.expect(")")
    reader.expect("FROM")
    options = CopyOptions(table, columns, reader.text())
    while not reader.done:
        read_option(reader, options, _OPTIONS, statement="COPY")
    options.check()
    return options


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


# COMPUPDATE and STATUPDATE tune compression and statistics: they have no effect here.
_OPTIONS: dict[str, tuple[str, Read]] = {
    "IAM_ROLE": ("role_arn", role),
    "REGION": ("region", text),
    "FORMAT": ("kind", format_of("COPY")),
    "CSV": ("kind", lambda _: "csv"),
    "PARQUET": ("kind", lambda _: "parquet"),
    "MANIFEST": ("manifest", flag),
    "DELIMITER": ("delimiter", text),
    "QUOTE": ("quote", text),
    "IGNOREHEADER": ("ignore_header", _number),
    "NULL": ("null_as", text),
    "TIMEFORMAT": ("time_format", text),
    "DATEFORMAT": ("date_format", text),
    "GZIP": ("gzip", flag),
    "REMOVEQUOTES": ("remove_quotes", flag),
    "EMPTYASNULL": ("empty_as_null", flag),
    "BLANKSASNULL": ("blanks_as_null", flag),
    "TRUNCATECOLUMNS": ("truncate_columns", flag),
    "ACCEPTINVCHARS": ("accept_inv_chars", _replacement),
    "MAXERROR": ("max_error", _number),
    "COMPUPDATE": ("compupdate", _switch),
    "STATUPDATE": ("statupdate", _switch),
}
