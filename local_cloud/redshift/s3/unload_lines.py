"""DuckDB's SQL for the text of an unloaded row: delimited, CSV, fixed width or JSON.

Source: page "UNLOAD" of the Developer Guide.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from local_cloud.redshift.declared_types import data_type
from local_cloud.redshift.result_set import ResultColumn
from local_cloud.redshift.s3.unload_options import UnloadOptions
from local_cloud.redshift.sql.conversions import as_text
from local_cloud.redshift.sql.identifiers import text_literal
from local_cloud.redshift.sql.queries import ShapedQuery
from local_cloud.redshift.sql.templates import duckdb_sql
from local_cloud.redshift.statement_errors import StatementFailed

LINE = "unloaded_line"


@dataclass(frozen=True)
class WrittenColumn:
    """A column of the query, by its position from 0. Several columns may have the same name."""

    position: int
    column: ResultColumn

    @property
    def name(self) -> str:
        """The name of the column in the query of `positioned`."""
        return f"c{self.position}"


def positioned(query: ShapedQuery) -> str:
    """Return the query with the column names c0, c1, …"""
    names = ", ".join(f"c{position}" for position in range(len(query.columns)))
    return f"FROM ({query.sql}) AS unloaded({names})"


def line_query(query: ShapedQuery, written: list[WrittenColumn], options: UnloadOptions) -> str:
    """Return the query with the text of each row as the last column."""
    if options.kind == "json":
        line = _json_line(written)
    elif options.kind == "fixedwidth":
        line = _fixed_width_line(written, options)
    else:
        fields = [_field(column, options) for column in written]
        line = f" || {text_literal(options.field_delimiter)} || ".join(fields)
    return f"SELECT *, {line} AS {LINE} {positioned(query)}"


def _text(written: WrittenColumn) -> str:
    """Return SQL for a value as text. Booleans are t and f."""
    of = written.column.type
    if of.name == "bool":
        return f"CASE WHEN {written.name} THEN 't' ELSE 'f' END"
    if of.name == "varbyte":
        return f"lower(hex({written.name}))"
    node = exp.column(written.name)
    node.type = data_type(of)
    return duckdb_sql(as_text(node))


def _field(written: WrittenColumn, options: UnloadOptions) -> str:
    """Return SQL for a field of a delimited line. NULL becomes the null string."""
    text, is_text = _text(written), written.column.type.is_text
    if options.escape and is_text:
        text = f"regexp_replace({text}, {_escaped(options)}, '\\\\\\0', 'g')"
    if options.kind == "csv" and is_text:
        quoted = f"""'"' || replace({text}, '"', '""') || '"'"""
        text = (
            f"CASE WHEN regexp_matches({text}, {_special(options)}) THEN {quoted} ELSE {text} END"
        )
    elif options.add_quotes:
        text = f"""'"' || {text} || '"'"""
    return _or_null(written, text, text_literal(options.null_as))


def _or_null(written: WrittenColumn, text: str, null: str) -> str:
    return f"CASE WHEN {written.name} IS NULL THEN {null} ELSE {text} END"


def _special(options: UnloadOptions) -> str:
    """Return the pattern of fields that CSV quotes."""
    escaped = f"\\x{ord(options.field_delimiter):02x}"
    return text_literal(f'[{escaped}"\\n\\r]')


def _escaped(options: UnloadOptions) -> str:
    """Return the pattern of the characters that ESCAPE prefixes with a backslash."""
    quotes = "\"'" if options.add_quotes else ""
    return text_literal(f"[\\x{ord(options.field_delimiter):02x}\\\\\\n\\r{quotes}]")


def _fixed_width_line(written: list[WrittenColumn], options: UnloadOptions) -> str:
    if len(options.widths) != len(written):
        raise StatementFailed(
            f"ERROR: FIXEDWIDTH names {len(options.widths)} columns, the query has {len(written)}"
        )
    fields = []
    for column, width in zip(written, options.widths, strict=True):
        text = _or_null(column, _text(column), text_literal(options.null_as))
        too_long = f"error('FIXEDWIDTH: a value of column {column.position + 1} is too long')"
        fields.append(
            f"CASE WHEN length({text}) > {width} THEN {too_long} "
            f"ELSE rpad({text}, {width}, ' ') END"
        )
    return " || ".join(fields)


def _json_line(written: list[WrittenColumn]) -> str:
    """Return SQL for a JSON object with a member per column. Numbers are not quoted."""
    names = [column.column.name for column in written]
    if len(set(names)) != len(names):
        raise StatementFailed("ERROR: UNLOAD to JSON needs a unique name for each column")
    members = []
    for column in written:
        text = _text(column)
        value = text if column.column.type.is_number else f"CAST(to_json({text}) AS TEXT)"
        name = text_literal(f"{_json_name(column.column.name)}:")
        members.append(f"{name} || " + _or_null(column, value, "'null'"))
    return "'{' || " + " || ',' || ".join(members) + " || '}'"


def _json_name(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def header(written: list[WrittenColumn], options: UnloadOptions) -> str:
    """Return the line with the column names; empty without HEADER."""
    if not options.header:
        return ""
    names = [column.column.name for column in written]
    if options.add_quotes:
        names = [f'"{name}"' for name in names]
    return options.field_delimiter.join(names) + "\n"
