"""Classifies a file by its content: Parquet, JSON lines or CSV.

Source: https://docs.aws.amazon.com/glue/latest/dg/add-classifier.html ("Built-in classifiers").
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from local_cloud.crawlers.csv_classifier import csv_schema
from local_cloud.crawlers.errors import CrawlFailed, unsupported
from local_cloud.crawlers.file_schema import FileSchema, common_type
from local_cloud.lake_tables.storage_formats import crawled_json, parquet
from local_cloud.lake_tables.text_formats import lines_of

_MAX_INT = 2**31
_ARROW_TYPES = {
    pa.bool_(): "boolean",
    pa.int8(): "tinyint",
    pa.int16(): "smallint",
    pa.int32(): "int",
    pa.int64(): "bigint",
    pa.float32(): "float",
    pa.float64(): "double",
    pa.string(): "string",
    pa.large_string(): "string",
    pa.binary(): "binary",
    pa.date32(): "date",
}


def classified(uri: str, content: bytes) -> FileSchema:
    """Return the schema of an object. Raises CrawlFailed for another format."""
    size, compression = len(content), "none"
    if content[:2] == b"\x1f\x8b":
        content, compression = _decompressed(uri, content), "gzip"
    if content[:4] == b"PAR1":
        found: FileSchema | None = _parquet_schema(uri, content)
    else:
        text = _text(content)
        found = None if text is None else _json_schema(text, uri) or csv_schema(text)
    if found is None:
        raise unsupported(f"{uri} is not Parquet, JSON lines or CSV with at least two columns")
    return replace(found, compression=compression, size=size)


def _decompressed(uri: str, content: bytes) -> bytes:
    try:
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise CrawlFailed(f"{uri} is not a complete gzip file: {error}") from error


def _text(content: bytes) -> str | None:
    try:
        return content.decode()
    except UnicodeDecodeError:
        return None


def _parquet_schema(uri: str, content: bytes) -> FileSchema:
    try:
        file = pq.ParquetFile(pa.BufferReader(content))
    except (pa.ArrowException, OSError) as error:
        raise CrawlFailed(f"{uri} is not a Parquet file: {error}") from error
    _check_names(file.schema_arrow.names, uri)
    columns = {each.name.lower(): _hive_type(each.type, uri) for each in file.schema_arrow}
    return FileSchema("parquet", columns, parquet(), "none", records=file.metadata.num_rows)


def _hive_type(kind: pa.DataType, uri: str) -> str:
    if pa.types.is_dictionary(kind):
        return _hive_type(kind.value_type, uri)
    if pa.types.is_timestamp(kind):
        return "timestamp"
    if pa.types.is_decimal(kind):
        return f"decimal({kind.precision},{kind.scale})"
    if pa.types.is_list(kind):
        return f"array<{_hive_type(kind.value_type, uri)}>"
    if pa.types.is_map(kind):
        return f"map<{_hive_type(kind.key_type, uri)},{_hive_type(kind.item_type, uri)}>"
    if pa.types.is_struct(kind):
        return f"struct<{','.join(f'{each.name}:{_hive_type(each.type, uri)}' for each in kind)}>"
    if kind not in _ARROW_TYPES:
        raise unsupported(f"the type {kind} in {uri}")
    return _ARROW_TYPES[kind]


def _check_names(names: Sequence[str], uri: str) -> None:
    """Reject names that are one column of the catalogue, whose names are in lower case."""
    lowered = [name.lower() for name in names]
    if same := [name for name, low in zip(names, lowered, strict=True) if lowered.count(low) > 1]:
        raise unsupported(f"{uri} has the columns {', '.join(same)}, which differ in case only")


def _json_schema(text: str, uri: str) -> FileSchema | None:
    """Return the schema of one JSON object per line; None for another text."""
    try:
        rows = [json.loads(line) for line in lines_of(text) if line.strip()]
    except (ValueError, RecursionError):
        return None
    if not rows or not all(isinstance(row, dict) for row in rows):
        return None
    kinds = _member_types(rows)
    _check_names(list(kinds), uri)
    columns = {name.lower(): kind for name, kind in kinds.items()}
    return FileSchema("json", columns, crawled_json(kinds), "none", records=len(rows))


def _member_types(rows: Iterable[dict[str, Any]]) -> dict[str, str]:
    values: dict[str, list[Any]] = {}
    for row in rows:
        for name, value in row.items():
            values.setdefault(name, []).append(value)
    return {name: _json_type(found) for name, found in values.items()}


def _json_type(values: Iterable[Any]) -> str:
    """Return the type of values; a text if all are null."""
    found = [value for value in values if value is not None]
    if found and all(isinstance(value, dict) for value in found):
        members = _member_types(found)
        return f"struct<{','.join(f'{name}:{kind}' for name, kind in members.items())}>"
    if found and all(isinstance(value, list) for value in found):
        return f"array<{_json_type(item for value in found for item in value)}>"
    kinds = [_scalar_type(value) for value in found] or ["string"]
    common = kinds[0]
    for kind in kinds[1:]:
        common = common_type(common, kind)
    return common


def _scalar_type(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "int" if -_MAX_INT <= value < _MAX_INT else "bigint"
    return "double" if isinstance(value, float) else "string"
