"""INSERT INTO: adds files with the rows of a query to the location of a table.

Source: https://docs.aws.amazon.com/athena/latest/ug/insert-into.html. The errors have the words of
Trino (StatementAnalyzer).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from sqlglot import exp

from local_cloud.athena.errors import QueryFailed, unsupported
from local_cloud.athena.s3.partition_files import write_partitions
from local_cloud.athena.s3.unload_files import UnloadTarget, WrittenFiles, write_rows
from local_cloud.athena.sql import views
from local_cloud.athena.sql.query_context import QueryContext
from local_cloud.athena.sql.query_engine import QueryResult
from local_cloud.athena.sql.result_texts import column_info
from local_cloud.athena.sql.trino_query import relation_of
from local_cloud.lake_tables.column_types import arrow_type
from local_cloud.lake_tables.errors import UnsupportedTable
from local_cloud.lake_tables.glue_tables import (
    DELIMITED,
    HIVE_JSON,
    ORC,
    PARQUET,
    GlueColumn,
    GlueTable,
    glue_table,
)
from local_cloud.lake_tables.text_formats import separator_of

_FORMATS = {PARQUET: "PARQUET", ORC: "ORC", HIVE_JSON: "JSON", DELIMITED: "TEXTFILE"}
_NUMBERS = ("tinyint", "smallint", "integer", "bigint", "decimal", "float", "double")
# Hive type -> type of a result, if the two differ; those with a size are without it.
_NAMES = {"int": "integer", "string": "varchar", "char": "varchar"}


@dataclass(frozen=True)
class Destination:
    """The table of INSERT INTO, its document in Glue, and the columns that the query gives."""

    database: str
    table: GlueTable
    document: Mapping[str, Any]
    given: tuple[str, ...]

    @property
    def columns(self) -> tuple[GlueColumn, ...]:
        """The columns, and after them the partition keys."""
        return (*self.table.columns, *self.table.partition_keys)

    @property
    def keys(self) -> tuple[str, ...]:
        """The names of the partition keys."""
        return tuple(key.name for key in self.table.partition_keys)

    def target(self, prefix: str) -> UnloadTarget:
        """Return how files are written whose URIs start with `prefix`."""
        is_text = self.table.serde == DELIMITED
        separator = separator_of(self.table) if is_text else None
        return UnloadTarget(prefix, _FORMATS[self.table.serde], field_delimiter=separator)


def insert_into(tree: exp.Insert, context: QueryContext) -> WrittenFiles:
    """Run INSERT INTO table [(column, …)] query, or VALUES (…), …."""
    if tree.args.get("overwrite"):
        raise unsupported("INSERT OVERWRITE")
    destination = _destination(tree, context)
    result = context.engine.run(_query(tree), context.database, context.catalog)
    _check_types(destination, result)
    rows = _rows(destination, result)
    if destination.keys:
        return _insert_partitions(rows, destination, context)
    prefix = _folder(destination.table.location) + context.query_id
    objects = context.catalog.objects
    return WrittenFiles(write_rows(rows, destination.target(prefix), objects), rows.num_rows)


def _destination(tree: exp.Insert, context: QueryContext) -> Destination:
    named = tree.this
    columns = [each.name.lower() for each in named.expressions]
    database, name = relation_of(named.this if columns else named, context.database)
    document = context.catalog.described(database, name)
    if document.get("TableType") == views.TYPE:
        raise QueryFailed("NOT_SUPPORTED: Inserting into views is not supported")
    try:
        table = glue_table(document, f"{database}.{name}")
    except UnsupportedTable as error:
        raise unsupported(str(error)) from error
    if table.serde not in _FORMATS:
        raise unsupported(f"INSERT INTO a table with the SerDe {table.serde}")
    if table.header_lines:
        raise unsupported("INSERT INTO a table with skip.header.line.count")
    if document["StorageDescriptor"].get("BucketColumns"):
        raise unsupported("INSERT INTO a bucketed table")
    known = [column.name for column in (*table.columns, *table.partition_keys)]
    _check_columns(columns, known)
    return Destination(database, table, document, tuple(columns or known))


def _check_columns(columns: Sequence[str], known: Sequence[str]) -> None:
    for name, count in Counter(columns).items():
        if name not in known:
            raise QueryFailed(
                f"COLUMN_NOT_FOUND: Insert column name does not exist in target table: {name}"
            )
        if count > 1:
            raise QueryFailed(
                f"DUPLICATE_COLUMN_NAME: Insert column name is specified more than once: {name}"
            )


def _query(tree: exp.Insert) -> exp.Query:
    """Return the query, for VALUES as SELECT of them."""
    found = tree.expression
    if isinstance(found, exp.Subquery):
        found = found.unnest()
    if isinstance(found, exp.Query):
        return found
    if not isinstance(found, exp.Values):
        raise unsupported(f"INSERT INTO … {found.sql('trino') if found else ''}")
    first = found.expressions[0]
    width = len(first.expressions) if isinstance(first, exp.Tuple) else 1
    names = [exp.to_identifier(f"value_{place}") for place in range(width)]
    found.set("alias", exp.TableAlias(this=exp.to_identifier("inserted"), columns=names))
    return exp.select("*").from_(found)


def _check_types(destination: Destination, result: QueryResult) -> None:
    types = {column.name: column.type for column in destination.columns}
    wanted = [_kind(types[name]) for name in destination.given]
    found = [str(column_info("", kind)["Type"]) for kind in result.types]
    if len(wanted) != len(found) or not all(map(_can_become, found, wanted)):
        raise QueryFailed(
            "TYPE_MISMATCH: Insert query has mismatched column types: "
            f"Table: [{', '.join(wanted)}], Query: [{', '.join(found)}]"
        )


def _kind(hive_type: str) -> str:
    name = hive_type.partition("(")[0]
    return _NAMES.get(name, name)


def _can_become(found: str, wanted: str) -> bool:
    """Return whether Trino converts a type implicitly: numbers to larger ones, dates to times."""
    if found in (wanted, "unknown") or (found, wanted) == ("date", "timestamp"):
        return True
    if found not in _NUMBERS or wanted not in _NUMBERS:
        return False
    return _NUMBERS.index(found) < _NUMBERS.index(wanted)


def _rows(destination: Destination, result: QueryResult) -> pa.Table:
    """Return the rows with all columns of the table in their types; those not given are NULL."""
    places = {name: place for place, name in enumerate(destination.given)}
    arrays = []
    for column in destination.columns:
        kind = arrow_type(column, destination.table)
        place = places.get(column.name)
        try:
            arrays.append(
                pa.nulls(result.rows.num_rows, kind)
                if place is None
                else result.rows.column(place).cast(kind, safe=not pa.types.is_floating(kind))
            )
        except pa.ArrowInvalid as error:
            raise QueryFailed(
                f"INVALID_CAST_ARGUMENT: Cannot cast the column {column.name} to {column.type}: "
                f"{error}"
            ) from error
    return pa.table(arrays, names=[column.name for column in destination.columns])


def _insert_partitions(
    rows: pa.Table, destination: Destination, context: QueryContext
) -> WrittenFiles:
    """Write into the folders of the partitions. Missing partitions are added to the table."""
    catalog, table = context.catalog, destination.table
    name = destination.document["Name"]
    known = catalog.partition_values(destination.database, name)
    location = _folder(table.location)

    def target(path: str, values: tuple[str, ...]) -> UnloadTarget:
        folder = _folder(known[values]) if values in known else location + path
        return destination.target(folder + context.query_id)

    written = write_partitions(rows, destination.keys, target, catalog.objects)
    for each in written:
        if each.values not in known:
            storage = {
                **destination.document["StorageDescriptor"],
                "Location": location + each.path,
            }
            catalog.change(
                "create_partition",
                DatabaseName=destination.database,
                TableName=name,
                PartitionInput={"Values": list(each.values), "StorageDescriptor": storage},
            )
    return WrittenFiles([uri for each in written for uri in each.files], rows.num_rows)


def _folder(location: str) -> str:
    return location.rstrip("/") + "/"
