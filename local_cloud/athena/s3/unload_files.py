"""Writes rows as files of UNLOAD: PARQUET, ORC, TEXTFILE and JSON.

Source: https://docs.aws.amazon.com/athena/latest/ug/unload.html
"""

from __future__ import annotations

import gzip
import io
import json
import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.orc as orc
import pyarrow.parquet as pq

from local_cloud.athena.errors import QueryFailed, unsupported
from local_cloud.athena.s3.lake_objects import LakeObjects
from local_cloud.athena.sql.result_texts import text_of

_CONTROL_A, _NULL = "\x01", "\\N"


@dataclass(frozen=True)
class UnloadTarget:
    """`prefix` is the start of the URIs; `compression` None: the default of the format."""

    prefix: str
    format: str
    compression: str | None = None
    field_delimiter: str | None = None


@dataclass(frozen=True)
class WrittenFiles:
    """The URIs of the files, and the number of their rows."""

    files: list[str]
    rows: int


def write_rows(rows: pa.Table, target: UnloadTarget, objects: LakeObjects) -> list[str]:
    """Write the rows to one file. Return its URI; no URI without rows."""
    _check_names(rows.column_names)
    content, suffix = _encoded(_plain(rows), target)
    if rows.num_rows == 0:
        return []
    uri = f"{target.prefix}_0{suffix}"
    objects.write(uri, content)
    return [uri]


def _check_names(names: list[str]) -> None:
    for name, count in Counter(map(str.lower, names)).items():
        if count > 1:
            raise QueryFailed(
                f"DUPLICATE_COLUMN_NAME: Column name '{name}' specified more than once"
            )


def _encoded(rows: pa.Table, target: UnloadTarget) -> tuple[bytes, str]:
    write = _FORMATS.get(target.format)
    if write is None:
        raise unsupported(f"the format {target.format}")
    compression = target.compression or "GZIP"
    if target.format in _TEXTS and compression == "GZIP":
        return gzip.compress(write(rows, target, compression), mtime=0), ".gz"
    if compression not in _COMPRESSIONS[target.format]:
        raise unsupported(f"the compression {compression} of {target.format}")
    return write(rows, target, compression), ""


def _parquet(rows: pa.Table, _: UnloadTarget, compression: str) -> bytes:
    buffer = io.BytesIO()
    milliseconds = {"coerce_timestamps": "ms", "allow_truncated_timestamps": True}
    pq.write_table(rows, buffer, compression=compression, **milliseconds)
    return buffer.getvalue()


def _orc(rows: pa.Table, _: UnloadTarget, compression: str) -> bytes:
    buffer = io.BytesIO()
    name = {"NONE": "uncompressed", "GZIP": "zlib"}.get(compression, compression)
    orc.write_table(rows, buffer, compression=name)
    return buffer.getvalue()


def _text(rows: pa.Table, target: UnloadTarget, _: str) -> bytes:
    separator = target.field_delimiter or _CONTROL_A
    lines = (
        separator.join(_NULL if value is None else str(text_of(value)) for value in row.values())
        for row in rows.to_pylist()
    )
    return "".join(f"{line}\n" for line in lines).encode()


def _json(rows: pa.Table, _: UnloadTarget, __: str) -> bytes:
    return "".join(f"{_json_text(row)}\n" for row in rows.to_pylist()).encode()


def _json_text(value: Any) -> str:
    """Return JSON with decimals as numbers, and NaN as text (Trino's JsonSerializer, Jackson)."""
    if isinstance(value, dict):
        members = (f"{json.dumps(str(name))}: {_json_text(each)}" for name, each in value.items())
        return f"{{{', '.join(members)}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_json_text, value))}]"
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, float) and not math.isfinite(value):
        return json.dumps(text_of(value))
    return json.dumps(value, default=text_of)


def _plain(rows: pa.Table) -> pa.Table:
    """Return the rows with bigints in place of DuckDB's wide sums, which are decimals in Arrow."""
    wide = pa.decimal128(38, 0)
    fields = [pa.field(f.name, pa.int64()) if f.type == wide else f for f in rows.schema]
    try:
        return rows.cast(pa.schema(fields))
    except pa.ArrowInvalid as error:
        raise unsupported(f"a bigint that is out of range ({error})") from error


_FORMATS: dict[str, Callable[[pa.Table, UnloadTarget, str], bytes]] = {
    "PARQUET": _parquet,
    "ORC": _orc,
    "TEXTFILE": _text,
    "JSON": _json,
}
_TEXTS = ("TEXTFILE", "JSON")
_COMPRESSIONS: dict[str, tuple[Any, ...]] = {
    "PARQUET": ("GZIP", "SNAPPY", "NONE"),
    "ORC": ("GZIP", "ZLIB", "SNAPPY", "NONE"),
    "TEXTFILE": ("NONE",),
    "JSON": ("NONE",),
}
