"""Parses an UNLOAD statement. An unsupported option raises an error with its name."""

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
from local_cloud.redshift.statement_errors import StatementFailed

_MEGABYTE = 1024 * 1024
DEFAULT_FILE_BYTES = 6_200 * _MEGABYTE
_MIN_FILE_BYTES = 5 * _MEGABYTE
_FORMATS = ("csv", "parquet", "json", "fixedwidth")
# Format -> the options that it does not allow. Source: page "UNLOAD".
_INCOMPATIBLE = {
    "parquet": ("delimiter", "add_quotes", "escape", "null_as", "header", "compression"),
    "json": ("delimiter", "header", "add_quotes", "escape", "null_as"),
    "csv": ("add_quotes", "escape"),
    "fixedwidth": ("delimiter", "header"),
}


@dataclass
class UnloadOptions:
    """The options of an UNLOAD. The defaults are Redshift's: text, `|`, parallel, no overwriting.

    `kind` is text, csv, json, fixedwidth or parquet. `compression` is the suffix of file names.
    """

    query: str
    target: str
    role_arn: str = ""
    kind: str = "text"
    header: bool = False
    delimiter: str | None = None
    add_quotes: bool = False
    null_as: str = ""
    compression: str | None = None
    escape: bool = False
    widths: list[int] = field(default_factory=list)
    extension: str | None = None
    manifest: str | None = None
    allow_overwrite: bool = False
    clean_path: bool = False
    parallel: bool = True
    max_file_bytes: int = DEFAULT_FILE_BYTES
    partition_by: list[str] = field(default_factory=list)
    include: bool = False
    kms_key_id: str | None = None
    encrypted: str | None = None
    region: str | None = None
    given: set[str] = field(default_factory=set)

    @property
    def field_delimiter(self) -> str:
        """The delimiter. The default is `|` for text and `,` for CSV."""
        return self.delimiter or ("," if self.kind == "csv" else "|")

    @property
    def suffix(self) -> str:
        """The suffix of file names."""
        if self.extension is not None:
            return f".{self.extension}"
        if self.kind == "parquet":
            return ".parquet"
        return f".{self.compression}" if self.compression else ""

    def check(self) -> None:
        """Raise StatementFailed for combinations of options that Redshift rejects."""
        if not self.role_arn:
            raise StatementFailed("ERROR: UNLOAD needs credentials: add IAM_ROLE 'arn:aws:iam::…'")
        if wrong := sorted(self.given & set(_INCOMPATIBLE.get(self.kind, ()))):
            word = next(word for word, (name, _) in _OPTIONS.items() if name == wrong[0])
            raise StatementFailed(f"ERROR: {self.kind.upper()} is not compatible with {word}")
        if self.clean_path and self.allow_overwrite:
            raise StatementFailed("ERROR: CLEANPATH and ALLOWOVERWRITE cannot be used together")
        if self.kms_key_id is not None and self.encrypted is None:
            raise StatementFailed("ERROR: KMS_KEY_ID needs the ENCRYPTED option")
        if self.kms_key_id is not None and self.encrypted == "auto":
            raise StatementFailed("ERROR: ENCRYPTED AUTO and KMS_KEY_ID cannot be used together")
        if self.max_file_bytes < _MIN_FILE_BYTES or self.max_file_bytes > DEFAULT_FILE_BYTES:
            raise StatementFailed("ERROR: MAXFILESIZE must be between 5 MB and 6.2 GB")
        if len(self.field_delimiter) != 1:
            raise StatementFailed("ERROR: UNLOAD delimiter must be a single character")


def read_unload(reader: Reader) -> UnloadOptions:
    """Parse UNLOAD ('query') TO 's3://…' option …"""
    reader.expect("UNLOAD", "(")
    query = reader.text()
    reader.expect(")", "TO")
    options = UnloadOptions(query, reader.text())
    while not reader.done:
        name = read_option(reader, options, _OPTIONS, statement="UNLOAD")
        if name == "partition_by":
            options.include = reader.accept("INCLUDE")
        if options.kind == "fixedwidth" and not options.widths:
            options.widths = field_widths(text(reader))
    options.check()
    return options


def _manifest(reader: Reader) -> str:
    return "verbose" if reader.accept("VERBOSE") else "plain"


def _encrypted(reader: Reader) -> str:
    return "auto" if reader.accept("AUTO") else "on"


def _parallel(reader: Reader) -> bool:
    if reader.accept("OFF") or reader.accept("FALSE"):
        return False
    for word in ("ON", "TRUE"):
        if reader.accept(word):
            break
    return True


def _partition_columns(reader: Reader) -> list[str]:
    reader.expect("(")
    names = reader.names()
    reader.expect(")")
    return names


def _bytes(reader: Reader) -> int:
    reader.accept("AS")
    word = reader.word()
    try:
        size = float(word)
    except ValueError as error:
        raise StatementFailed(f"ERROR: MAXFILESIZE needs a number, not {word}") from error
    unit = _MEGABYTE
    if reader.accept("GB"):
        unit *= 1000
    else:
        reader.accept("MB")
    return int(size * unit)


_OPTIONS: dict[str, tuple[str, Read]] = {
    "IAM_ROLE": ("role_arn", role),
    "FORMAT": ("kind", format_of("UNLOAD", _FORMATS)),
    **{kind.upper(): ("kind", constant(kind)) for kind in _FORMATS},
    "HEADER": ("header", flag),
    "DELIMITER": ("delimiter", text),
    "ADDQUOTES": ("add_quotes", flag),
    "NULL": ("null_as", text),
    "GZIP": ("compression", constant("gz")),
    "BZIP2": ("compression", constant("bz2")),
    "ESCAPE": ("escape", flag),
    "EXTENSION": ("extension", text),
    "MANIFEST": ("manifest", _manifest),
    "ALLOWOVERWRITE": ("allow_overwrite", flag),
    "CLEANPATH": ("clean_path", flag),
    "PARALLEL": ("parallel", _parallel),
    "MAXFILESIZE": ("max_file_bytes", _bytes),
    # sqlglot reads these two words as one token.
    "PARTITION BY": ("partition_by", _partition_columns),
    "KMS_KEY_ID": ("kms_key_id", text),
    "ENCRYPTED": ("encrypted", _encrypted),
    "REGION": ("region", text),
}
