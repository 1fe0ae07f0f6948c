"""Tables of the Glue catalogue. An unsupported format or type raises an error with its name.

Source: Amazon Redshift Database Developer Guide, "CREATE EXTERNAL TABLE", and the AWS Glue API's
Table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from local_cloud.redshift.statement_errors import StatementFailed, refused

OPEN_CSV = "org.apache.hadoop.hive.serde2.OpenCSVSerde"
PARQUET = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
# SerDe -> its supported parameters. Other parameters would change the format of the rows.
_SERDES: Mapping[str, frozenset[str]] = {
    OPEN_CSV: frozenset({"separatorChar", "quoteChar", "escapeChar"}),
    PARQUET: frozenset({"serialization.format"}),
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
    header_lines: int


def read_table(client: Any, *, database: str, name: str, relation: str) -> GlueTable:
    """Read a table with GetTable. `relation` is the name of the table in the statement."""
    try:
        table = client.get_table(DatabaseName=database, Name=name)["Table"]
    except ClientError as error:
        found = error.response["Error"]
        if found["Code"] == "EntityNotFoundException":
            raise StatementFailed(
                f'ERROR: relation "{relation}" does not exist: the Glue catalogue has no table '
                f"{database}.{name}"
            ) from error
        raise StatementFailed(
            f"ERROR: AwsClientException: {found['Code']} from glue - {found.get('Message', '')}"
        ) from error
    return _table(table, relation)


def _table(table: Mapping[str, Any], relation: str) -> GlueTable:
    storage = table.get("StorageDescriptor", {})
    serde = storage.get("SerdeInfo", {})
    library, settings = serde.get("SerializationLibrary", ""), serde.get("Parameters") or {}
    parameters = table.get("Parameters") or {}
    if table.get("TableType") != "EXTERNAL_TABLE":
        raise refused(f"{relation}: the Glue table type {table.get('TableType')}")
    if "table_type" in parameters:
        raise refused(f"{relation}: the table format {parameters['table_type']}")
    if table.get("PartitionKeys"):
        raise refused(f"{relation}: partition keys of an external table")
    if library not in _SERDES:
        raise refused(f"{relation}: the SerDe {library or 'none'}; supported: {', '.join(_SERDES)}")
    if unknown := sorted(set(settings) - _SERDES[library]):
        raise refused(f"{relation}: the SerDe parameter {unknown[0]} of {library}")
    return GlueTable(
        name=relation,
        location=storage.get("Location", ""),
        serde=library,
        settings=settings,
        columns=tuple(GlueColumn(c["Name"].lower(), c["Type"]) for c in storage["Columns"]),
        header_lines=int(parameters.get("skip.header.line.count", 0)),
    )
