"""Tables of the Glue catalogue. An unsupported format or type raises an error with its name.

Sources: the AWS Glue API, Table; Redshift Database Developer Guide, "CREATE EXTERNAL TABLE";
Athena User Guide, "Choose a SerDe for your data"
(https://docs.aws.amazon.com/athena/latest/ug/supported-serdes.html).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local_cloud.lake_tables.errors import UnsupportedTable

OPEN_CSV = "org.apache.hadoop.hive.serde2.OpenCSVSerde"
DELIMITED = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
OPENX_JSON = "org.openx.data.jsonserde.JsonSerDe"
HIVE_JSON = "org.apache.hive.hcatalog.data.JsonSerDe"
PARQUET = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
ORC = "org.apache.hadoop.hive.ql.io.orc.OrcSerde"
# SerDe -> its supported parameters. Other parameters would change the format of the rows.
_SERDES: Mapping[str, frozenset[str]] = {
    OPEN_CSV: frozenset({"separatorChar", "quoteChar", "escapeChar"}),
    DELIMITED: frozenset({"field.delim", "serialization.format"}),
    OPENX_JSON: frozenset({"serialization.format", "paths"}),
    HIVE_JSON: frozenset({"serialization.format"}),
    PARQUET: frozenset({"serialization.format"}),
    ORC: frozenset({"serialization.format", "orc.column.index.access"}),
}


@dataclass(frozen=True)
class GlueColumn:
    """A column: its name and its Hive type, such as `string` or `decimal(8,2)`."""

    name: str
    type: str


@dataclass(frozen=True)
class GlueTable:
    """The location and the format of an external table's rows."""

    name: str
    location: str
    serde: str
    settings: Mapping[str, str]
    columns: tuple[GlueColumn, ...]
    partition_keys: tuple[GlueColumn, ...]
    header_lines: int


def glue_table(document: Mapping[str, Any], name: str) -> GlueTable:
    """Return the table in a response of GetTable. `name` is its name in the statement."""
    storage = document.get("StorageDescriptor", {})
    serde = storage.get("SerdeInfo", {})
    library, settings = serde.get("SerializationLibrary", ""), serde.get("Parameters") or {}
    parameters = document.get("Parameters") or {}
    if document.get("TableType") != "EXTERNAL_TABLE":
        raise UnsupportedTable(f"{name}: the Glue table type {document.get('TableType')}")
    if "table_type" in parameters:
        raise UnsupportedTable(f"{name}: the table format {parameters['table_type']}")
    if parameters.get("projection.enabled", "false").lower() == "true":
        raise UnsupportedTable(f"{name}: partition projection")
    if library not in _SERDES:
        raise UnsupportedTable(
            f"{name}: the SerDe {library or 'none'}; supported: {', '.join(_SERDES)}"
        )
    if unknown := sorted(set(settings) - _SERDES[library]):
        raise UnsupportedTable(f"{name}: the SerDe parameter {unknown[0]} of {library}")
    return GlueTable(
        name=name,
        location=storage.get("Location", ""),
        serde=library,
        settings=settings,
        columns=_columns(storage["Columns"]),
        partition_keys=_columns(document.get("PartitionKeys") or ()),
        header_lines=int(parameters.get("skip.header.line.count", 0)),
    )


def _columns(found: Any) -> tuple[GlueColumn, ...]:
    return tuple(GlueColumn(column["Name"].lower(), column["Type"].lower()) for column in found)
