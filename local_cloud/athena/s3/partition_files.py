"""Writes rows in folders `key=value/`, one for each combination of the partition keys.

Source: https://docs.aws.amazon.com/athena/latest/ug/ctas-insert-into.html: at most 100 partitions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pyarrow as pa

from local_cloud.athena.errors import QueryFailed
from local_cloud.athena.s3.lake_objects import LakeObjects
from local_cloud.athena.s3.unload_files import UnloadTarget, write_rows
from local_cloud.athena.sql.result_texts import text_of
from local_cloud.lake_tables.partition_paths import NULL_VALUE, partition_path

_LIMIT = 100


@dataclass(frozen=True)
class WrittenPartition:
    """A partition: its folder with a slash at the end, its values, and the URIs of its files."""

    path: str
    values: tuple[str, ...]
    files: list[str]


def write_partitions(
    rows: pa.Table,
    keys: Sequence[str],
    target: Callable[[str, tuple[str, ...]], UnloadTarget],
    objects: LakeObjects,
) -> list[WrittenPartition]:
    """Write the rows without their partition keys.

    `target` is called with the folder and the values of each partition.
    """
    places: dict[tuple[str, ...], list[int]] = {}
    for place, row in enumerate(rows.select(list(keys)).to_pylist()):
        values = tuple(_text(row[key]) for key in keys)
        places.setdefault(values, []).append(place)
    if len(places) > _LIMIT:
        raise QueryFailed(
            f"HIVE_TOO_MANY_OPEN_PARTITIONS: Exceeded limit of {_LIMIT} open writers for partitions"
        )
    others = rows.drop_columns(list(keys))
    written = []
    for values, indexes in sorted(places.items()):
        path = partition_path(keys, values)
        files = write_rows(others.take(indexes), target(path, values), objects)
        written.append(WrittenPartition(path, values, files))
    return written


def _text(value: object) -> str:
    text = text_of(value)
    return NULL_VALUE if text is None else text
