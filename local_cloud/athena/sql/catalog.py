"""The tables of the Glue catalogue, read with the permissions of the caller."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from botocore.exceptions import ClientError

from local_cloud.athena.errors import QueryFailed, unsupported
from local_cloud.athena.s3.lake_objects import LakeObjects
from local_cloud.athena.sql import views
from local_cloud.athena.sql.views import View
from local_cloud.lake_tables.errors import UnreadableTable, UnsupportedTable
from local_cloud.lake_tables.glue_tables import GlueTable, glue_table
from local_cloud.lake_tables.table_rows import Partition, rows_of

_UNKNOWN = "EntityNotFoundException"


@dataclass(frozen=True)
class LakeCatalog:
    """The catalogue AwsDataCatalog, and the objects of its tables.

    With `empty`, tables have their columns but no rows, and no object is read.
    """

    glue: Any
    objects: LakeObjects
    empty: bool = False

    def rows(self, database: str, name: str) -> pa.Table | View:
        """Return all rows of a table, or the view with this name."""
        document = self.described(database, name)
        if document.get("TableType") == views.TYPE:
            return views.view_of(document, database)
        try:
            table = glue_table(document, f"{database}.{name}")
            if self.empty:
                return rows_of(table, self.objects.read, [])
            return rows_of(table, self.objects.read, self._partitions(table, database, name))
        except UnsupportedTable as error:
            raise unsupported(str(error)) from error
        except UnreadableTable as error:
            raise QueryFailed(f"HIVE_BAD_DATA: {error}") from error

    def described(self, database: str, name: str) -> Mapping[str, Any]:
        """Return the table of GetTable. Raises QueryFailed if it does not exist."""
        found = self.found(database, name)
        if found is None:
            raise QueryFailed(
                f"TABLE_NOT_FOUND: Table 'awsdatacatalog.{database}.{name}' does not exist"
            )
        return found

    def found(self, database: str, name: str) -> Mapping[str, Any] | None:
        """Return the table of GetTable; None if the database has no such table."""
        if not self.has_database(database):
            raise QueryFailed(f"SCHEMA_NOT_FOUND: Schema '{database}' does not exist")
        found = self._call("get_table", DatabaseName=database, Name=name)
        return None if found is None else found["Table"]

    def has_database(self, name: str) -> bool:
        """Call GetDatabase. Return whether the database exists."""
        return self._call("get_database", Name=name) is not None

    def change(self, operation: str, **parameters: Any) -> None:
        """Call an operation that must not fail."""
        try:
            getattr(self.glue, operation)(**parameters)
        except ClientError as error:
            raise _failed(error) from error

    def partition_values(self, database: str, name: str) -> dict[tuple[str, ...], str]:
        """Return the location of each partition by its values."""
        pages = self.glue.get_paginator("get_partitions").paginate(
            DatabaseName=database, TableName=name
        )
        try:
            return {
                tuple(found["Values"]): found["StorageDescriptor"]["Location"]
                for page in pages
                for found in page["Partitions"]
            }
        except ClientError as error:
            raise _failed(error) from error

    def _partitions(self, table: GlueTable, database: str, name: str) -> list[Partition] | None:
        if not table.partition_keys:
            return None
        found = self.partition_values(database, name)
        return [Partition(location, values) for values, location in found.items()]

    def _call(self, operation: str, **parameters: Any) -> Any:
        try:
            return getattr(self.glue, operation)(**parameters)
        except ClientError as error:
            if error.response["Error"]["Code"] == _UNKNOWN:
                return None
            raise _failed(error) from error


def _failed(error: ClientError) -> QueryFailed:
    found = error.response["Error"]
    return QueryFailed(
        f"{found.get('Message', '')} (Service: AWSGlue; Error Code: {found['Code']})"
    )
