"""Reads a COPY statement into its options; what is not carried out is refused by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from local_cloud.redshift.errors import StatementFailed, refused
from local_cloud.redshift.sql.reader import Reader

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
        _read_option(reader, options)
    options.check()
    return options


def _read_option(reader: Reader, options: CopyOptions) -> None:
    for words, (name, read) in _OPTIONS.items():
        if reader.accept(*words):
            if name in options.given:
                raise StatementFailed("ERROR: conflicting or redundant options")
            options.given.add(name)
            value = read(reader)
            if hasattr(options, name):
                setattr(options, name, value)
            return
    if reader.next_is_text():
        raise reader.unexpected()
    raise refused(f"the COPY option {reader.peek()}")


def _flag(_: Reader) -> bool:
    return True


def _text(reader: Reader) -> str:
    reader.accept("AS")
    return reader.text()


def _number(reader: Reader) -> int:
    reader.accept("AS")
    return reader.number()


def _role(reader: Reader) -> str:
    if reader.accept("DEFAULT"):
        raise refused("IAM_ROLE default")
    return reader.text()


def _format(reader: Reader) -> str:
    reader.accept("AS")
    kind = reader.word()
    if kind not in ("CSV", "PARQUET"):
        raise refused(f"the COPY format {kind}")
    return kind.lower()


def _replacement(reader: Reader) -> str:
    reader.accept("AS")
    return reader.text() if reader.next_is_text() else "?"


def _switch(reader: Reader) -> None:
    for word in ("ON", "OFF", "TRUE", "FALSE", "PRESET"):
        if reader.accept(word):
            return


_Read = Callable[[Reader], object]
# COMPUPDATE and STATUPDATE tune compression and statistics: they have no effect here.
_OPTIONS: dict[tuple[str, ...], tuple[str, _Read]] = {
    ("IAM_ROLE",): ("role_arn", _role),
    ("REGION",): ("region", _text),
    ("FORMAT",): ("kind", _format),
    ("CSV",): ("kind", lambda _: "csv"),
    ("PARQUET",): ("kind", lambda _: "parquet"),
    ("MANIFEST",): ("manifest", _flag),
    ("DELIMITER",): ("delimiter", _text),
    ("QUOTE",): ("quote", _text),
    ("IGNOREHEADER",): ("ignore_header", _number),
    ("NULL",): ("null_as", _text),
    ("TIMEFORMAT",): ("time_format", _text),
    ("DATEFORMAT",): ("date_format", _text),
    ("GZIP",): ("gzip", _flag),
    ("REMOVEQUOTES",): ("remove_quotes", _flag),
    ("EMPTYASNULL",): ("empty_as_null", _flag),
    ("BLANKSASNULL",): ("blanks_as_null", _flag),
    ("TRUNCATECOLUMNS",): ("truncate_columns", _flag),
    ("ACCEPTINVCHARS",): ("accept_inv_chars", _replacement),
    ("MAXERROR",): ("max_error", _number),
    ("COMPUPDATE",): ("compupdate", _switch),
    ("STATUPDATE",): ("statupdate", _switch),
}
