"""SQL expressions that convert the fields of a COPY to values, or explain why they are invalid."""

from __future__ import annotations

from dataclasses import dataclass

from local_cloud.redshift.catalog import Column
from local_cloud.redshift.s3.copy_formats import date_formats, time_formats
from local_cloud.redshift.s3.copy_options import CopyOptions
from local_cloud.redshift.statement_errors import refused

TRUE_WORDS = ("t", "true", "y", "yes", "1")
FALSE_WORDS = ("f", "false", "n", "no", "0")
_WHOLE = r"[+-]?\d+"
_NUMBER = r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"
_BYTES = "([0-9a-fA-F]{2})*"
_MULTIBYTE = "1220 Multibyte character not supported for CHAR (Hint: try using VARCHAR)"
_EPOCHS = {"epochsecs": 1_000_000, "epochmillisecs": 1_000}


@dataclass(frozen=True)
class Conversion:
    """The SQL expressions (DuckDB) of one column, in three layers so that each is computed once.

    `text` is the text of the field, or NULL if the text represents NULL. `value` is the converted
    `text`, or NULL if it is invalid. `error` is NULL for a valid field, else 'CODE reason' with a
    code of stl_load_errors. `text_name` and `value_name` are the names of the first two layers:
    `value` refers to `text`, and `error` to both.
    """

    text_name: str
    value_name: str
    text: str
    value: str
    error: str


def conversion(number: int, column: Column, options: CopyOptions) -> Conversion:
    """Return the conversion of a field to the value of a column. `number` is counted from 1."""
    text, value = f"t{number}", f"v{number}"
    field = _field(number, column, options)
    converted, reason = _typed(text, column, options)
    problem = f"WHEN {text} IS NOT NULL AND {value} IS NULL THEN {reason}"
    if options.accept_any_date and column.type.is_datetime:
        problem = ""
    if column.type.name in ("varchar", "bpchar"):
        problem = _length_problem(text, column, options)
    missing = "WHEN FALSE THEN NULL"
    if not column.nullable:
        missing = f"WHEN {text} IS NULL THEN '1213 Missing data for not-null field'"
    return Conversion(
        text_name=text,
        value_name=value,
        text=_nullified(field, column, options),
        value=converted,
        error=f"CASE {missing} {problem} END",
    )


def _field(number: int, column: Column, options: CopyOptions) -> str:
    """Return SQL for the field. With FILLRECORD, a missing field is an empty VARCHAR."""
    field = f"fields[{number}]"
    if options.fill_record and column.type.name == "varchar":
        return f"CASE WHEN len(fields) < {number} THEN '' ELSE {field} END"
    return field


def _nullified(field: str, column: Column, options: CopyOptions) -> str:
    """Return SQL for the field, or for NULL if the text represents NULL."""
    null_as = "\\N" if options.null_as is None else options.null_as
    text = f"nullif({field}, {literal(null_as)})"
    if column.type.name not in ("varchar", "bpchar"):
        return f"nullif(trim({text}), '')"
    if options.trim_blanks and column.type.name == "varchar":
        text = f"rtrim({text})"
    if options.blanks_as_null:
        text = f"CASE WHEN trim({text}) <> '' OR {text} = '' THEN {text} END"
    return f"nullif({text}, '')" if options.empty_as_null else text


def _typed(text: str, column: Column, options: CopyOptions) -> tuple[str, str]:
    """Return SQL for the value, and SQL for the reason if the value is NULL."""
    kind = column.type.name
    if kind in ("varchar", "bpchar"):
        return _characters(text, column, options), "NULL"
    if kind in ("int2", "int4", "int8"):
        return _whole(text, column)
    if kind == "numeric":
        digits = text if options.round_decimals else _truncated(text, column)
        return _cast(digits, column.type.declaration, _NUMBER, "1207 Invalid digit, Type: Decimal")
    if kind in ("float4", "float8"):
        declared = "REAL" if kind == "float4" else "DOUBLE"
        return f"TRY_CAST({text} AS {declared})", "'1207 Invalid digit, Type: Float'"
    if kind == "bool":
        return _boolean(text), "'1210 Unknown boolean format'"
    if kind == "date":
        formats = _list(date_formats(options.date_format))
        return f"CAST(try_strptime({text}, {formats}) AS DATE)", "'1205 Invalid Date Format'"
    if kind in ("timestamp", "timestamptz"):
        return _timestamp(text, column, options), "'1206 Invalid timestamp format or value'"
    if kind == "time":
        return f"TRY_CAST({text} AS TIME)", "'1206 Invalid timestamp format or value'"
    if kind == "varbyte":
        value = f"CASE WHEN regexp_full_match({text}, '{_BYTES}') THEN unhex({text}) END"
        return value, "'1207 Invalid digit, Type: Varbyte'"
    raise refused(f"COPY into a column of type {column.type.declaration}")


def _truncated(text: str, column: Column) -> str:
    """Return SQL that truncates a decimal text to the scale of the column."""
    pattern = rf"^(\s*[+-]?\d*\.\d{{{column.type.scale}}})\d+\s*$"
    return rf"regexp_replace({text}, '{pattern}', '\1')"


def _whole(text: str, column: Column) -> tuple[str, str]:
    words = {"int2": "Short", "int4": "Integer", "int8": "Long"}[column.type.name]
    digits = f"'1207 Invalid digit, Type: {words}'"
    declared = column.type.declaration
    value = (
        f"CASE WHEN regexp_full_match({text}, '{_WHOLE}') THEN TRY_CAST({text} AS {declared}) END"
    )
    overflow = f"'1207 Overflow, Type: {words}'"
    reason = f"CASE WHEN regexp_full_match({text}, '{_WHOLE}') THEN {overflow} ELSE {digits} END"
    return value, reason


def _cast(text: str, declared: str, pattern: str, reason: str) -> tuple[str, str]:
    value = (
        f"CASE WHEN regexp_full_match({text}, '{pattern}') THEN TRY_CAST({text} AS {declared}) END"
    )
    return value, f"'{reason}'"


def _boolean(text: str) -> str:
    return (
        f"CASE WHEN lower({text}) IN {TRUE_WORDS} THEN TRUE "
        f"WHEN lower({text}) IN {FALSE_WORDS} THEN FALSE END"
    )


def _timestamp(text: str, column: Column, options: CopyOptions) -> str:
    written = (options.time_format or "").lower()
    if written in _EPOCHS:
        return f"make_timestamp(TRY_CAST({text} AS BIGINT) * {_EPOCHS[written]})"
    formats = time_formats(options.time_format)
    plain = f"try_strptime({text}, {_list(formats)})"
    if column.type.name == "timestamp":
        return plain
    # Formats with and without a zone in one list would use the zone of the previous row.
    zoned = tuple(f"{form}{zone}" for form in formats for zone in ("%z", " %z"))
    return f"coalesce(timezone('UTC', {plain}), try_strptime({text}, {_list(zoned)}))"


def _characters(text: str, column: Column, options: CopyOptions) -> str:
    kept = f"rtrim({text}, ' ')" if column.type.name == "bpchar" else text
    if options.truncate_columns:
        return f"left({kept}, {column.type.precision})"
    return kept


def _length_problem(text: str, column: Column, options: CopyOptions) -> str:
    multibyte = ""
    if column.type.name == "bpchar":
        multibyte = f"WHEN strlen({text}) <> length({text}) THEN '{_MULTIBYTE}'"
    if options.truncate_columns:
        return multibyte
    kept = f"rtrim({text}, ' ')" if column.type.name == "bpchar" else text
    too_long = f"strlen({kept}) > {column.type.precision}"
    return f"{multibyte} WHEN {too_long} THEN '1204 String length exceeds DDL length'"


def literal(text: str) -> str:
    """Return a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def _list(formats: tuple[str, ...]) -> str:
    return f"[{', '.join(literal(item) for item in formats)}]"
