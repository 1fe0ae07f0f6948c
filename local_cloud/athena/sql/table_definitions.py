"""Statements that change the Glue catalogue: databases, external tables and partitions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlglot import exp

from local_cloud.athena.errors import QueryFailed, unsupported
from local_cloud.athena.sql.catalog import LakeCatalog
from local_cloud.athena.sql.trino_query import CATALOG, relation_of
from local_cloud.athena.sql.views import TYPE as VIEW
from local_cloud.lake_tables.glue_tables import DELIMITED, PARQUET
from local_cloud.lake_tables.partition_paths import partition_value

_REPAIR = re.compile(r"TABLE\s+(?:`?(\w+)`?\.)?`?(\w+)`?\s*;?", re.IGNORECASE)
_PROPERTIES = (
    exp.ExternalProperty,
    exp.FileFormatProperty,
    exp.LocationProperty,
    exp.PartitionedByProperty,
    exp.Property,
    exp.RowFormatDelimitedProperty,
    exp.RowFormatSerdeProperty,
    exp.SchemaCommentProperty,
)


def create_database(tree: exp.Expr, _: str, catalog: LakeCatalog) -> None:
    """Run CREATE DATABASE [IF NOT EXISTS]."""
    *given, name = (part.name.lower() for part in tree.this.parts)
    if given not in ([], [CATALOG]):
        raise unsupported(f"the data catalog {'.'.join(given)}")
    if tree.args.get("properties"):
        raise unsupported("CREATE DATABASE with properties")
    if catalog.has_database(name):
        if tree.args.get("exists"):
            return
        raise QueryFailed(f"AlreadyExistsException: Database {name} already exists")
    catalog.change("create_database", DatabaseInput={"Name": name})


def create_table(tree: exp.Expr, database: str, catalog: LakeCatalog) -> None:
    """Run CREATE EXTERNAL TABLE [IF NOT EXISTS] … LOCATION …"""
    given, name = _relation(tree, database)
    properties = tree.args["properties"].expressions
    for each in properties:
        if not isinstance(each, _PROPERTIES):
            raise unsupported(f"CREATE EXTERNAL TABLE … {each.sql('hive')}")
    if tree.args.get("exists") and catalog.found(given, name) is not None:
        return
    serde, settings = _serde(tree)
    place = tree.find(exp.LocationProperty)
    if place is None:
        raise QueryFailed("SYNTAX_ERROR: CREATE EXTERNAL TABLE must have a LOCATION")
    keys = tree.find(exp.PartitionedByProperty)
    storage = {
        "Columns": _columns(tree.this.expressions),
        "Location": place.name,
        "SerdeInfo": {"SerializationLibrary": serde, "Parameters": settings},
    }
    described = {
        "Name": name,
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {
            "EXTERNAL": "TRUE",
            **_texts(e for e in properties if type(e) is exp.Property),
        },
        "PartitionKeys": _columns(keys.this.expressions) if keys else [],
        "StorageDescriptor": storage,
    }
    catalog.change("create_table", DatabaseName=given, TableInput=described)


def drop_table(tree: exp.Expr, database: str, catalog: LakeCatalog) -> None:
    """Run DROP TABLE [IF EXISTS]. The objects of an external table remain."""
    given, name = _relation(tree, database)
    if tree.args.get("exists") and catalog.found(given, name) is None:
        return
    if catalog.described(given, name).get("TableType") == VIEW:
        raise QueryFailed("FAILED: SemanticException Cannot drop a view with DROP TABLE")
    catalog.change("delete_table", DatabaseName=given, Name=name)


def repair_table(tree: exp.Expr, database: str, catalog: LakeCatalog) -> None:
    """Run MSCK REPAIR TABLE: add the partitions whose objects are at key=value/ of the location."""
    words = _REPAIR.fullmatch(tree.args["expression"].name.strip())
    if words is None:
        raise QueryFailed("SYNTAX_ERROR: expected MSCK REPAIR TABLE name")
    given, name = (words[1] or database).lower(), words[2].lower()
    table = catalog.described(given, name)
    keys = [key["Name"] for key in table.get("PartitionKeys") or ()]
    base = table["StorageDescriptor"]["Location"].rstrip("/") + "/"
    prefix = base.split("/", 3)[3]
    pattern = re.compile("/".join(f"{re.escape(key)}=([^/]+)" for key in keys) + "/")
    found: dict[tuple[str, ...], str] = {}
    for key in catalog.objects.keys(base) if keys else ():
        if path := pattern.match(key.removeprefix(prefix)):
            found[tuple(partition_value(value) for value in path.groups())] = base + path[0]
    _add(catalog, given, name, table, found)


def add_partitions(tree: exp.Expr, database: str, catalog: LakeCatalog) -> None:
    """Run ALTER TABLE … ADD [IF NOT EXISTS] PARTITION (key = value) [LOCATION …]"""
    given, name = _relation(tree, database)
    table = catalog.described(given, name)
    keys = [key["Name"] for key in table.get("PartitionKeys") or ()]
    base = table["StorageDescriptor"]["Location"].rstrip("/")
    for action in tree.args["actions"]:
        values = {each.left.name.lower(): each.right.name for each in action.this.expressions}
        if list(values) != keys:
            raise QueryFailed(f"PARTITION names {list(values)}; the table's keys are {keys}")
        path = "/".join(f"{key}={value}" for key, value in values.items())
        place = action.args.get("location")
        new = {tuple(values.values()): place.name if place else f"{base}/{path}/"}
        known = catalog.partition_values(given, name)
        if not action.args.get("exists") and new.keys() & known.keys():
            raise QueryFailed(f"AlreadyExistsException: Partition {path} already exists")
        _add(catalog, given, name, table, new)


def _add(
    catalog: LakeCatalog,
    database: str,
    name: str,
    table: Mapping[str, Any],
    found: Mapping[tuple[str, ...], str],
) -> None:
    known = catalog.partition_values(database, name)
    for values, place in found.items():
        if values not in known:
            storage = {**table["StorageDescriptor"], "Location": place}
            partition = {"Values": list(values), "StorageDescriptor": storage}
            catalog.change(
                "create_partition", DatabaseName=database, TableName=name, PartitionInput=partition
            )


def _relation(tree: exp.Expr, database: str) -> tuple[str, str]:
    table = tree.find(exp.Table)
    assert table is not None  # the parser names the object of each definition
    return relation_of(table, database)


def _columns(found: Sequence[exp.Expr]) -> list[dict[str, str]]:
    return [
        {"Name": column.name.lower(), "Type": column.args["kind"].sql("hive").lower()}
        for column in found
    ]


def _serde(tree: exp.Expr) -> tuple[str, dict[str, str]]:
    row_format = tree.find(exp.RowFormatSerdeProperty)
    if row_format is not None:
        given = row_format.args.get("serde_properties")
        return row_format.name, _texts(given.expressions if given else ())
    stored = tree.find(exp.FileFormatProperty)
    if stored is not None and stored.name.upper() == "PARQUET":
        return PARQUET, {"serialization.format": "1"}
    if stored is not None and stored.name.upper() != "TEXTFILE":
        raise unsupported(f"STORED AS {stored.name}")
    delimited = tree.find(exp.RowFormatDelimitedProperty)
    fields = delimited.args.get("fields") if delimited else None
    if delimited and set(k for k, v in delimited.args.items() if v) - {"fields", "lines"}:
        raise unsupported(f"ROW FORMAT {delimited.sql('hive')}")
    separator = fields.name.replace("\\t", "\t") if fields else "\x01"
    return DELIMITED, {"field.delim": separator, "serialization.format": separator}


def _texts(found: Any) -> dict[str, str]:
    return {each.name or each.this.name: each.args["value"].name for each in found}
