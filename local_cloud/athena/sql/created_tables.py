"""CREATE TABLE … AS query: writes the rows of a query, and creates the table that reads them.

Sources: https://docs.aws.amazon.com/athena/latest/ug/create-table-as.html and
https://docs.aws.amazon.com/athena/latest/ug/ctas-considerations-limitations.html
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlglot import exp

from local_cloud.athena.errors import QueryFailed, unsupported
from local_cloud.athena.s3.partition_files import write_partitions
from local_cloud.athena.s3.unload_files import UnloadTarget, WrittenFiles, write_rows
from local_cloud.athena.sql.column_definitions import ColumnDefinition, definitions
from local_cloud.athena.sql.query_context import QueryContext
from local_cloud.athena.sql.query_engine import QueryResult
from local_cloud.athena.sql.trino_query import relation_of
from local_cloud.lake_tables.storage_formats import (
    StorageFormat,
    delimited,
    json_lines,
    orc,
    parquet,
)

_FORMATS = ("PARQUET", "ORC", "TEXTFILE", "JSON")
# The older property of each format has the meaning of write_compression.
_COMPRESSIONS = ("write_compression", "parquet_compression", "orc_compression")
_KNOWN = ("format", "external_location", "partitioned_by", "field_delimiter", *_COMPRESSIONS)


@dataclass(frozen=True)
class NewTable:
    """The name, the query and the properties of CREATE TABLE AS."""

    database: str
    name: str
    query: exp.Query
    keys: tuple[str, ...] = ()
    properties: dict[str, str] = field(default_factory=dict)
    with_data: bool = True

    @property
    def format(self) -> str:
        """The format of the files: PARQUET, ORC, TEXTFILE or JSON."""
        return self.properties.get("format", "PARQUET").upper()

    @property
    def delimiter(self) -> str:
        """The separator of TEXTFILE."""
        return self.properties.get("field_delimiter", "\x01")

    def storage(self) -> StorageFormat:
        """Return the SerDe of the files."""
        if self.format == "TEXTFILE":
            return delimited(self.delimiter)
        return {"JSON": json_lines, "ORC": orc, "PARQUET": parquet}[self.format]()

    def target(self, prefix: str) -> UnloadTarget:
        """Return how files are written whose URIs start with `prefix`."""
        given = next(
            (self.properties[name] for name in _COMPRESSIONS if name in self.properties), ""
        )
        return UnloadTarget(prefix, self.format, given.upper() or None, self.delimiter)


def create_table_as(tree: exp.Create, context: QueryContext) -> WrittenFiles:
    """Run CREATE TABLE [IF NOT EXISTS] name [WITH (…)] AS query [WITH [NO] DATA]."""
    table = _new_table(tree, context.database)
    location = _location(table, context)
    catalog = context.catalog
    if catalog.found(table.database, table.name) is not None:
        if tree.args.get("exists"):
            return WrittenFiles([], 0)
        raise QueryFailed(
            f"TABLE_ALREADY_EXISTS: Destination table 'awsdatacatalog.{table.database}."
            f"{table.name}' already exists"
        )
    if catalog.objects.keys(location):
        raise QueryFailed(
            f"HIVE_PATH_ALREADY_EXISTS: Target directory for table '{table.database}."
            f"{table.name}' already exists: {location}"
        )
    result = context.engine.run(table.query, context.database, catalog)
    columns = definitions(result.names, result.types)
    _check_keys(table, columns)
    return _written(table, columns, result, location, context)


def _new_table(tree: exp.Create, database: str) -> NewTable:
    if not isinstance(tree.this, exp.Table):
        raise unsupported("CREATE TABLE AS SELECT with column names")
    given = tree.args.get("properties")
    found: dict[str, str] = {}
    keys: tuple[str, ...] = ()
    with_data = True
    for each in given.expressions if given else ():
        if isinstance(each, exp.WithDataProperty):
            with_data = not each.args.get("no")
        elif isinstance(each, exp.PartitionedByProperty):
            _check_once("partitioned_by", keys)
            keys = _keys(each.this)
        elif isinstance(each, exp.FileFormatProperty):
            _check_once("format", found.get("format"))
            found["format"] = each.name
        else:
            name = _property_name(each)
            _check_once(name, found.get(name))
            found[name] = _text(each.args["value"], name)
    table = NewTable(
        *relation_of(tree.this, database),
        tree.expression.unnest(),
        keys,
        found,
        with_data,
    )
    _check_properties(table)
    return table


def _property_name(tree: exp.Expr) -> str:
    """Return the name of a property of WITH (…). Raises QueryFailed for another clause."""
    if type(tree) is not exp.Property or not tree.this.name:
        raise unsupported(f"CREATE TABLE AS SELECT … {tree.sql('trino')}")
    name: str = tree.this.name.lower()
    if name not in _KNOWN:
        raise unsupported(f"the property {name} of CREATE TABLE AS SELECT")
    return name


def _check_once(name: str, known: object) -> None:
    if known:
        raise QueryFailed(f"DUPLICATE_PROPERTY: Duplicate property: {name}")


def _keys(tree: exp.Expr) -> tuple[str, ...]:
    """Return the names of partitioned_by = ARRAY['…']."""
    if not isinstance(tree, exp.Array):
        raise QueryFailed(
            f"INVALID_TABLE_PROPERTY: partitioned_by is {tree.sql('trino')}: write ARRAY['column']"
        )
    return tuple(_text(key, "partitioned_by").lower() for key in tree.expressions)


def _text(tree: exp.Expr, name: str) -> str:
    if not isinstance(tree, exp.Literal) or not tree.is_string:
        raise QueryFailed(
            f"INVALID_TABLE_PROPERTY: {name} has {tree.sql('trino')}: write a text in single quotes"
        )
    return str(tree.this)


def _check_properties(table: NewTable) -> None:
    if table.format not in _FORMATS:
        raise unsupported(f"the format {table.format} of CREATE TABLE AS SELECT")
    if "field_delimiter" in table.properties and table.format != "TEXTFILE":
        raise unsupported(f"the property field_delimiter with the format {table.format}")
    if len(table.delimiter) != 1:
        raise QueryFailed(
            f"INVALID_TABLE_PROPERTY: field_delimiter is {table.delimiter!r}: write one character"
        )
    for format_ in ("PARQUET", "ORC"):
        name = f"{format_.lower()}_compression"
        if name in table.properties and table.format != format_:
            raise unsupported(f"the property {name} with the format {table.format}")


def _location(table: NewTable, context: QueryContext) -> str:
    """Return the location of the table, with a slash at its end."""
    given = table.properties.get("external_location")
    if given is None:
        return f"{context.results}/{context.query_id}/"
    if context.enforced:
        raise QueryFailed(
            "The Create Table As Select query failed because it was submitted with an "
            "'external_location' property to an Athena Workgroup that enforces a centralized "
            "output location for all queries. Please remove the 'external_location' property and "
            "resubmit the query."
        )
    return given.rstrip("/") + "/"


def _check_keys(table: NewTable, columns: list[ColumnDefinition]) -> None:
    """Check partitioned_by in the words of Trino's HiveMetadata and HiveTableProperties."""
    names = [column.name for column in columns]
    if missing := [key for key in table.keys if key not in names]:
        raise QueryFailed(
            f"INVALID_TABLE_PROPERTY: Partition columns {missing} not present in schema"
        )
    if table.keys and len(table.keys) == len(names):
        raise QueryFailed("INVALID_TABLE_PROPERTY: Table contains only partition columns")
    if names[len(names) - len(table.keys) :] != list(table.keys):
        raise QueryFailed(
            "HIVE_COLUMN_ORDER_MISMATCH: Partition keys must be the last columns in the table and "
            f"in the same order as the table properties: [{', '.join(table.keys)}]"
        )


def _written(
    table: NewTable,
    columns: list[ColumnDefinition],
    result: QueryResult,
    location: str,
    context: QueryContext,
) -> WrittenFiles:
    rows = result.rows.rename_columns([column.name for column in columns])
    rows = rows if table.with_data else rows.slice(0, 0)
    objects = context.catalog.objects
    if table.keys:
        partitions = write_partitions(
            rows,
            table.keys,
            lambda path, _: table.target(location + path + context.query_id),
            objects,
        )
        files = [uri for each in partitions for uri in each.files]
    else:
        partitions = []
        files = write_rows(rows, table.target(location + context.query_id), objects)
    described = _table_input(table, columns, location)
    context.catalog.change("create_table", DatabaseName=table.database, TableInput=described)
    for each in partitions:
        storage = {**described["StorageDescriptor"], "Location": location + each.path}
        context.catalog.change(
            "create_partition",
            DatabaseName=table.database,
            TableName=table.name,
            PartitionInput={"Values": list(each.values), "StorageDescriptor": storage},
        )
    return WrittenFiles(files, rows.num_rows)


def _table_input(table: NewTable, columns: list[ColumnDefinition], location: str) -> dict[str, Any]:
    count = len(columns) - len(table.keys)
    types = [(column.name, column.hive_type) for column in columns]
    return {
        "Name": table.name,
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {"EXTERNAL": "TRUE"},
        "PartitionKeys": [{"Name": name, "Type": kind} for name, kind in types[count:]],
        "StorageDescriptor": table.storage().descriptor(location, types[:count]),
    }
