"""Decides which folders are tables, and which are partitions of a table.

Sources: https://docs.aws.amazon.com/glue/latest/dg/crawler-s3-folder-table-partition.html and
https://docs.aws.amazon.com/glue/latest/dg/crawler-table-level.html. Level 1 is the bucket.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from local_cloud.crawlers.errors import CrawlFailed, unsupported
from local_cloud.crawlers.file_schema import FileSchema, merged
from local_cloud.crawlers.output_configuration import OutputConfiguration
from local_cloud.lake_tables.partition_paths import partition_value

_HIVE = re.compile(r"([^=]+)=(.*)")


@dataclass(frozen=True)
class DataFolder:
    """A folder with objects: its URI with a slash at the end, and the schema of its objects."""

    uri: str
    schema: FileSchema


@dataclass(frozen=True)
class FoundPartition:
    """A partition: its values in the order of the keys, its location and its schema."""

    values: tuple[str, ...]
    location: str
    schema: FileSchema


@dataclass(frozen=True)
class FoundTable:
    """A table in a folder; `keys` are the names of its partition keys."""

    location: str
    schema: FileSchema
    keys: tuple[str, ...]
    partitions: tuple[FoundPartition, ...]

    @property
    def name(self) -> str:
        """The name of the folder as the name of a table."""
        folder = self.location.rstrip("/").rpartition("/")[2]
        return re.sub(r"[^a-z0-9_]", "_", folder.lower())


def find_tables(
    path: str, folders: Sequence[DataFolder], output: OutputConfiguration
) -> list[FoundTable]:
    """Return the tables below a target. Raises CrawlFailed for an unclear structure."""
    if output.table_level is None:
        return _at_path(path, folders, output) if folders else []
    roots: dict[str, list[DataFolder]] = {}
    for folder in folders:
        parts = folder.uri.removeprefix("s3://").rstrip("/").split("/")
        if len(parts) >= output.table_level:
            root = "s3://" + "/".join(parts[: output.table_level]) + "/"
            roots.setdefault(root, []).append(folder)
    return [_table(root, found) for root, found in sorted(roots.items())]


def _at_path(
    path: str, folders: Sequence[DataFolder], output: OutputConfiguration
) -> list[FoundTable]:
    """Return one table at the path if its folders are alike, or else those of its subfolders."""
    if _are_alike(folders, output):
        return [_table(path, folders)]
    children: dict[str, list[DataFolder]] = {}
    for folder in folders:
        if folder.uri == path:
            raise unsupported(f"{path} has files, and folders with files of another schema")
        child = folder.uri.removeprefix(path).partition("/")[0]
        children.setdefault(f"{path}{child}/", []).append(folder)
    return [
        table
        for child, found in sorted(children.items())
        for table in _at_path(child, found, output)
    ]


def _are_alike(folders: Sequence[DataFolder], output: OutputConfiguration) -> bool:
    first = folders[0].schema
    return all(
        first.has_format_of(each.schema) and (output.combines or first.is_similar_to(each.schema))
        for each in folders
    )


def _table(root: str, folders: Sequence[DataFolder]) -> FoundTable:
    schema = merged([folder.schema for folder in folders], root)
    paths = [folder.uri.removeprefix(root).rstrip("/") for folder in folders]
    levels = [path.split("/") if path else [] for path in paths]
    if len({len(each) for each in levels}) > 1:
        raise unsupported(f"{root} has files in folders of different levels")
    if not levels[0]:
        return FoundTable(root, schema, (), ())
    keys = tuple(_key(place, parts) for place, parts in enumerate(zip(*levels, strict=True)))
    if twice := [key for key in keys if key in schema.columns or keys.count(key) > 1]:
        raise CrawlFailed(f"{root}: the partition key {twice[0]} is also the name of a column")
    partitions = tuple(
        FoundPartition(values_of(keys, parts), folder.uri, folder.schema)
        for parts, folder in zip(levels, folders, strict=True)
    )
    return FoundTable(root, schema, keys, partitions)


def _key(place: int, parts: Sequence[str]) -> str:
    """Return the key of `key=value` folders, or else partition_N."""
    names = {found[1].lower() if (found := _HIVE.fullmatch(part)) else "" for part in parts}
    name = names.pop()
    return name if name and not names else f"partition_{place}"


def values_of(keys: Sequence[str], parts: Sequence[str]) -> tuple[str, ...]:
    """Return the values of the keys in the names of folders, with or without `key=`."""
    return tuple(
        partition_value(part[len(key) + 1 :]) if part.lower().startswith(f"{key}=") else part
        for key, part in zip(keys, parts, strict=True)
    )
