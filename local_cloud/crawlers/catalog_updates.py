"""Creates and updates the tables and partitions that a crawl found, with the role of the crawler.

Source: https://docs.aws.amazon.com/glue/latest/dg/crawler-schema-changes-prevent.html and
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-glue-crawler-schemachangepolicy.html
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from botocore.exceptions import ClientError

from local_cloud.crawlers.crawler import Crawler
from local_cloud.crawlers.errors import CrawlFailed
from local_cloud.crawlers.file_schema import FileSchema
from local_cloud.crawlers.table_folders import DataFolder, FoundPartition, FoundTable, values_of

_OWNER, _DEPRECATED = "UPDATED_BY_CRAWLER", "DEPRECATED_BY_CRAWLER"
# The members of a table that GetTable returns and UpdateTable accepts.
_INPUT = (
    *("Name", "Description", "Owner", "Retention", "StorageDescriptor", "PartitionKeys"),
    *("ViewOriginalText", "ViewExpandedText", "TableType", "Parameters"),
)
# Items of a request: BatchCreatePartition and BatchUpdatePartition 100, BatchDeletePartition 25.
_CREATED_AT_ONCE, _DELETED_AT_ONCE = 100, 25
Document = Mapping[str, Any]


@dataclass(frozen=True)
class CatalogUpdates:
    """The changes of one crawl. `log` gets one line for each."""

    crawler: Crawler
    glue: Any
    log: Callable[[str], None]

    def apply(self, tables: Sequence[FoundTable]) -> None:
        """Create, update and remove tables and partitions. Raises CrawlFailed, ClientError."""
        self.glue.get_database(Name=self.crawler.database)
        names = {self._apply_table(table) for table in tables}
        self._treat_missing(names)

    def add_partitions(self, folders: Sequence[DataFolder]) -> None:
        """Add new folders as partitions to the tables of this crawler. Changes nothing else.

        https://docs.aws.amazon.com/glue/latest/dg/incremental-crawls.html: no new tables are added;
        folders with other schemas are logged.
        """
        self.glue.get_database(Name=self.crawler.database)
        tables = sorted(self._own_tables(), key=lambda each: -len(_location(each)))
        new: dict[str, list[tuple[str, DataFolder]]] = {}
        known = {each["Name"]: each for each in tables}
        for folder in folders:
            table = next((t for t in tables if folder.uri.startswith(_location(t))), None)
            if table is None or not _fits(folder, table):
                self.log(f"Ignored {folder.uri}: no table of this crawler has such a partition")
                continue
            new.setdefault(table["Name"], []).append((_location(table), folder))
        for name, found in new.items():
            self._create_partitions(name, [_new_partition(known[name], *each) for each in found])

    def _create_partitions(self, name: str, partitions: list[dict[str, Any]]) -> None:
        for some in _chunks(partitions, _CREATED_AT_ONCE):
            where = {"DatabaseName": self.crawler.database, "TableName": name}
            _check(self.glue.batch_create_partition(**where, PartitionInputList=some))
        self.log(f"{name}: {len(partitions)} new partitions")

    def _apply_table(self, table: FoundTable) -> str:
        """Create or update one table. Return its name."""
        name = self.crawler.prefix + table.name
        known = self._table(name)
        if known is not None and not _is_at(known, table.location):
            # The name belongs to a table elsewhere: as on AWS, a hash makes the name unique.
            name += "_" + hashlib.md5(table.location.encode(), usedforsecurity=False).hexdigest()
            known = self._table(name)
        described: Document = self._input(name, table, known)
        if known is None:
            self.glue.create_table(DatabaseName=self.crawler.database, TableInput=described)
            self.log(f"Created table {name} in database {self.crawler.database}")
        else:
            described = self._update(known, described)
        if table.keys:
            self._apply_partitions(name, table, described)
        return name

    def _table(self, name: str) -> Document | None:
        try:
            found = self.glue.get_table(DatabaseName=self.crawler.database, Name=name)
        except ClientError as error:
            if error.response["Error"]["Code"] == "EntityNotFoundException":
                return None
            raise
        table: Document = found["Table"]
        return table

    def _input(self, name: str, table: FoundTable, known: Document | None) -> dict[str, Any]:
        columns = dict(table.schema.columns)
        if known is not None and self.crawler.output.merges_new_columns:
            kept = {each["Name"]: each["Type"] for each in known["StorageDescriptor"]["Columns"]}
            columns = {**columns, **kept}
            columns = {**{each: columns[each] for each in kept}, **columns}
        storage = table.schema.storage.descriptor(table.location, list(columns.items()))
        parameters = {_OWNER: self.crawler.name, **_parameters(table.schema)}
        return {
            "Name": name,
            "TableType": "EXTERNAL_TABLE",
            "Parameters": {**parameters, "EXTERNAL": "TRUE"},
            "PartitionKeys": [{"Name": key, "Type": "string"} for key in table.keys],
            "StorageDescriptor": {**storage, "Parameters": parameters},
        }

    def _update(self, known: Document, described: Document) -> Document:
        """Update a table if the policy allows it. Return the table as it is now."""
        name = described["Name"]
        if [key["Name"] for key in known.get("PartitionKeys") or ()] != [
            key["Name"] for key in described["PartitionKeys"]
        ]:
            raise CrawlFailed(
                f"the table {name} has other partition keys than its folders: delete the table, "
                "and the next crawl creates it"
            )
        if all(known.get(member) == value for member, value in described.items()):
            return known
        if self.crawler.update_behavior == "LOG":
            self.log(f"A change of the table {name} was detected and not applied")
            return known
        self.glue.update_table(DatabaseName=self.crawler.database, TableInput=described)
        self.log(f"Updated table {name} in database {self.crawler.database}")
        return described

    def _apply_partitions(self, name: str, table: FoundTable, described: Document) -> None:
        where = {"DatabaseName": self.crawler.database, "TableName": name}
        pages = self.glue.get_paginator("get_partitions").paginate(**where)
        known = {tuple(each["Values"]): each for page in pages for each in page["Partitions"]}
        wanted = {each.values: self._partition(each, described) for each in table.partitions}
        new = [given for values, given in wanted.items() if values not in known]
        for some in _chunks(new, _CREATED_AT_ONCE):
            found = self.glue.batch_create_partition(**where, PartitionInputList=some)
            _check(found)
        changed = [
            {"PartitionValueList": list(values), "PartitionInput": given}
            for values, given in wanted.items()
            if values in known and known[values]["StorageDescriptor"] != given["StorageDescriptor"]
        ]
        if self.crawler.update_behavior != "LOG":
            for entries in _chunks(changed, _CREATED_AT_ONCE):
                _check(self.glue.batch_update_partition(**where, Entries=entries))
        removed = [{"Values": list(values)} for values in known if values not in wanted]
        if self.crawler.delete_behavior == "DELETE_FROM_DATABASE":
            for some in _chunks(removed, _DELETED_AT_ONCE):
                _check(self.glue.batch_delete_partition(**where, PartitionsToDelete=some))
        self.log(f"{name}: {len(new)} new partitions, {len(removed)} partitions without files")

    def _partition(self, partition: FoundPartition, described: Document) -> dict[str, Any]:
        schema = partition.schema
        storage = schema.storage.descriptor(partition.location, list(schema.columns.items()))
        if self.crawler.output.inherits:
            storage = {**described["StorageDescriptor"], "Location": partition.location}
        return {"Values": list(partition.values), "StorageDescriptor": storage}

    def _treat_missing(self, names: set[str]) -> None:
        """Treat the tables of this crawler whose files were deleted, as the policy says."""
        database = self.crawler.database
        for table in self._own_tables():
            if table["Name"] in names:
                continue
            self.log(f"The files of the table {table['Name']} were deleted")
            if self.crawler.delete_behavior == "DELETE_FROM_DATABASE":
                self.glue.delete_table(DatabaseName=database, Name=table["Name"])
            elif self.crawler.delete_behavior == "DEPRECATE_IN_DATABASE":
                self._deprecate(table)

    def _own_tables(self) -> list[Document]:
        pages = self.glue.get_paginator("get_tables").paginate(DatabaseName=self.crawler.database)
        return [
            table
            for page in pages
            for table in page["TableList"]
            if (table.get("Parameters") or {}).get(_OWNER) == self.crawler.name
        ]

    def _deprecate(self, table: Document) -> None:
        if _DEPRECATED in table["Parameters"]:
            return
        parameters = {**table["Parameters"], _DEPRECATED: str(int(time.time() * 1000))}
        given = {name: table[name] for name in _INPUT if name in table}
        self.glue.update_table(
            DatabaseName=self.crawler.database, TableInput={**given, "Parameters": parameters}
        )


def _fits(folder: DataFolder, table: Document) -> bool:
    """Return whether a folder can be a partition: its level, its format and its columns."""
    levels = folder.uri.removeprefix(_location(table)).rstrip("/").split("/")
    columns = {each["Name"]: each["Type"] for each in table["StorageDescriptor"]["Columns"]}
    parameters, keys = table["Parameters"], table.get("PartitionKeys") or ()
    return (
        len(levels) == len(keys)
        and parameters.get("classification") == folder.schema.classification
        and parameters.get("compressionType") == folder.schema.compression
        and folder.schema.is_similar_to(replace(folder.schema, columns=columns))
    )


def _new_partition(table: Document, location: str, folder: DataFolder) -> dict[str, Any]:
    keys = tuple(key["Name"] for key in table["PartitionKeys"])
    parts = folder.uri.removeprefix(location).rstrip("/").split("/")
    storage = {**table["StorageDescriptor"], "Location": folder.uri}
    return {"Values": list(values_of(keys, parts)), "StorageDescriptor": storage}


def _location(table: Document) -> str:
    found: str = table["StorageDescriptor"].get("Location") or ""
    return found.rstrip("/") + "/"


def _parameters(schema: FileSchema) -> dict[str, str]:
    average = schema.size // schema.records if schema.records else 0
    return {
        "CrawlerSchemaDeserializerVersion": "1.0",
        "CrawlerSchemaSerializerVersion": "1.0",
        "averageRecordSize": str(average),
        "classification": schema.classification,
        "compressionType": schema.compression,
        "objectCount": str(schema.objects),
        "recordCount": str(schema.records),
        "sizeKey": str(schema.size),
        "typeOfData": "file",
        **schema.parameters,
    }


def _is_at(table: Document, location: str) -> bool:
    found = table.get("StorageDescriptor", {}).get("Location") or ""
    return bool(found.rstrip("/") == location.rstrip("/"))


def _chunks(items: list[Any], size: int) -> Iterator[list[Any]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _check(answer: Document) -> None:
    for each in answer.get("Errors") or ():
        raise CrawlFailed(f"partition {each}")
