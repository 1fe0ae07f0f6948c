"""COPY: loads files from S3 into a table."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from local_cloud.redshift.access_control import check_relation
from local_cloud.redshift.catalog import TEMPORARY, Column, Relation
from local_cloud.redshift.query_history import now
from local_cloud.redshift.s3.copy_files import SourceFile, UnreadableLine, source_files
from local_cloud.redshift.s3.copy_json import JsonPath, json_paths
from local_cloud.redshift.s3.copy_options import CopyOptions, read_copy
from local_cloud.redshift.s3.copy_records import rows
from local_cloud.redshift.s3.copy_values import Conversion, conversion, literal
from local_cloud.redshift.s3.load_errors import LoadError
from local_cloud.redshift.session import Session, StatementOutcome
from local_cloud.redshift.sql.assignments import assigned
from local_cloud.redshift.sql.identifiers import quoted_name, quoted_relation
from local_cloud.redshift.sql.word_reader import Reader
from local_cloud.redshift.statement_errors import StatementFailed

_STAGED = "copied_rows"
_CONVERTED = "copied_values"


def copy(session: Session, reader: Reader) -> StatementOutcome:
    """Run a COPY. The outcome is the number of loaded rows."""
    options = read_copy(reader)
    catalog = session.catalog()
    relation = catalog.existing(options.table)
    if relation in catalog.views:
        raise StatementFailed("ERROR: COPY into a view is not possible")
    if relation[0] != TEMPORARY:
        check_relation(session.access, session.user, "INSERT", session.securable(relation))
    columns = _filled(catalog.relations[relation], options)
    client = session.s3_access.client(options.role_arn, session.user)
    files = source_files(client, options)
    if options.kind == "parquet":
        return StatementOutcome(sum(_load_parquet(session, f, relation, columns) for f in files))
    paths = json_paths(client, options, [c.name for c in columns]) if options.json else ()
    return StatementOutcome(_load_text(session, files, relation, columns, options, paths))


def _filled(columns: tuple[Column, ...], options: CopyOptions) -> list[Column]:
    """Return the columns for the fields of a file, in order."""
    identities = [column.name for column in columns if column.identity]
    if options.columns is None:
        return [column for column in columns if options.explicit_ids or not column.identity]
    if options.explicit_ids and not set(identities) <= set(options.columns):
        raise StatementFailed(
            f"ERROR: EXPLICIT_IDS needs the identity column {identities[0]} in the column list"
        )
    by_name = {column.name: column for column in columns}
    for name in options.columns:
        if name not in by_name:
            raise StatementFailed(
                f'ERROR: column "{name}" of relation "{options.table[-1]}" does not exist'
            )
        if by_name[name].identity and not options.explicit_ids:
            raise StatementFailed("ERROR: cannot set an identity column to a value")
    return [by_name[name] for name in options.columns]


def _load_text(
    session: Session,
    files: Iterator[SourceFile],
    relation: Relation,
    columns: list[Column],
    options: CopyOptions,
    paths: tuple[JsonPath, ...],
) -> int:
    loaded = 0
    errors: list[LoadError] = []
    for source in files:
        try:
            records = rows(source, options, paths)
        except UnreadableLine as error:
            errors.append(error.error)
        except csv.Error as error:
            reason = f"Invalid quote: {error}"
            errors.append(LoadError(source.uri, 0, "", "", "", "", "", 1203, reason))
        else:
            loaded += _load_file(session, source, records, relation, columns, options, errors)
        if not _within(errors, options):
            break
    if errors:
        session.warehouse.load_errors.add(
            errors,
            database=session.database,
            table=relation[1],
            at=now(),
            query=session.query_id,
        )
    if not _within(errors, options):
        raise StatementFailed(
            f"ERROR: Load into table '{relation[1]}' failed.  "
            f"Check 'sys_load_error_detail' system table for details. First error: {errors[0]}"
        )
    return loaded


def _load_file(
    session: Session,
    source: SourceFile,
    staged: Any,
    relation: Relation,
    columns: list[Column],
    options: CopyOptions,
    errors: list[LoadError],
) -> int:
    """Load the valid rows of a file. Errors of invalid rows are added to `errors`, with a limit."""
    if "fields" not in staged.column_names:
        fields = f"string_split(raw, {literal(options.field_delimiter)})"
    else:
        fields = "fields"
    conversions = [conversion(n, column, options) for n, column in enumerate(columns, start=1)]
    with session.staged(_STAGED, staged):
        session.execute(
            f"CREATE TEMP TABLE {_CONVERTED} AS {_converting(fields, conversions, options)}"
        )
    errors.extend(_bad_rows(session, source, columns, options))
    loaded = _insert(session, relation, columns, conversions) if _within(errors, options) else 0
    session.execute(f"DROP TABLE temp.{_CONVERTED}")
    return loaded


def _within(errors: list[LoadError], options: CopyOptions) -> bool:
    return len(errors) <= options.max_error


def _converting(fields: str, conversions: list[Conversion], options: CopyOptions) -> str:
    """Return the SQL query for the values of a file's rows, with the first problem of each row."""
    texts = ", ".join(f"{c.text} AS {c.text_name}" for c in conversions)
    values = ", ".join(f"{c.value} AS {c.value_name}" for c in conversions)
    names = ", ".join(c.value_name for c in conversions)
    records = f"SELECT line, raw, {fields} AS fields FROM {_STAGED}"
    read = f"SELECT line, raw, fields, {texts} FROM ({records})"
    converted = f"SELECT *, {values} FROM ({read})"
    problem = _first_problem(conversions, options)
    return f"SELECT line, {names}, {problem} AS problem FROM ({converted})"


def _first_problem(conversions: list[Conversion], options: CopyOptions) -> str:
    """Return SQL for the first problem of a row: {number, value, error, raw}, or NULL."""
    count = len(conversions)
    extra = f"len(fields) > {count}"
    if options.kind == "text":
        # A line may end with a delimiter.
        extra += f" AND NOT (len(fields) = {count + 1} AND fields[{count + 1}] = '')"
    problems = [(str(count), "raw", "'1202 Extra column(s) found'", extra)]
    if not options.fill_record:
        too_few = f"len(fields) < {count}"
        problems.append(("len(fields)", "raw", "'1214 Delimiter not found'", too_few))
    for number, c in enumerate(conversions, start=1):
        problems.append((str(number), f"fields[{number}]", c.error, f"({c.error}) IS NOT NULL"))
    cases = [
        f"WHEN {when} THEN {{'number': {number}, 'value': {value}, 'error': {error}, 'raw': raw}}"
        for number, value, error, when in problems
    ]
    return f"CASE {' '.join(cases)} END"


def _bad_rows(
    session: Session, source: SourceFile, columns: list[Column], options: CopyOptions
) -> list[LoadError]:
    """Return the first invalid field of each invalid row, for at most MAXERROR + 1 rows."""
    found = session.execute(
        f"SELECT line, problem.raw, problem.number, problem.value, problem.error "
        f"FROM temp.{_CONVERTED} WHERE problem IS NOT NULL "
        f"ORDER BY line LIMIT {options.max_error + 1}"
    ).fetchall()
    return [_load_error(source, columns, row) for row in found]


def _insert(
    session: Session, relation: Relation, columns: list[Column], conversions: list[Conversion]
) -> int:
    names = ", ".join(quoted_name(column.name) for column in columns)
    values = ", ".join(conversion.value_name for conversion in conversions)
    sql = (
        f"INSERT INTO {quoted_relation(relation)} ({names}) "
        f"SELECT {values} FROM temp.{_CONVERTED} WHERE problem IS NULL"
    )
    return int(session.execute(sql).fetchone()[0])


def _load_error(
    source: SourceFile, columns: list[Column], row: tuple[int, str, int, str | None, str]
) -> LoadError:
    line, raw, number, value, problem = row
    column = columns[max(number, 1) - 1]
    code, _, reason = problem.partition(" ")
    width = str(column.type.precision) if column.type.name in ("varchar", "bpchar") else "0"
    return LoadError(
        file=source.uri,
        line=line,
        column=column.name,
        type=column.type.name,
        width=width,
        raw_line=raw,
        value=value or "",
        code=int(code),
        reason=reason,
    )


def _load_parquet(
    session: Session, source: SourceFile, relation: Relation, columns: list[Column]
) -> int:
    """Load a Parquet file. Its columns are assigned to the table's columns by position."""
    try:
        table = pq.read_table(pa.BufferReader(source.content))
    # Arrow raises OSError for data that it cannot decode.
    except (pa.ArrowException, OSError) as error:
        raise StatementFailed(f"ERROR: {source.uri} is not a Parquet file: {error}") from error
    if table.num_columns != len(columns):
        raise StatementFailed(
            f"ERROR: {source.uri} has {table.num_columns} columns, "
            f"table {relation[1]} takes {len(columns)}"
        )
    staged = table.rename_columns([f"c{n}" for n in range(len(columns))])
    values = ", ".join(assigned(f"c{n}", column.type) for n, column in enumerate(columns))
    names = ", ".join(quoted_name(column.name) for column in columns)
    with session.staged(_STAGED, staged):
        sql = f"INSERT INTO {quoted_relation(relation)} ({names}) SELECT {values} FROM {_STAGED}"
        return int(session.execute(sql).fetchone()[0])
