"""The storage descriptors of new tables: SerDe, input and output format of each file format.

Sources: https://docs.aws.amazon.com/athena/latest/ug/supported-serdes.html and the storage
descriptors of Trino (HiveStorageFormat).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from local_cloud.lake_tables.glue_tables import DELIMITED, HIVE_JSON, OPENX_JSON, ORC, PARQUET

_PARQUET_FORMATS = "org.apache.hadoop.hive.ql.io.parquet.MapredParquet"
_ORC_FORMATS = "org.apache.hadoop.hive.ql.io.orc.Orc"
_TEXT_INPUT = "org.apache.hadoop.mapred.TextInputFormat"
_TEXT_OUTPUT = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"


@dataclass(frozen=True)
class StorageFormat:
    """A SerDe with its parameters, and the classes that read and write its files."""

    serde: str
    input_format: str
    output_format: str
    settings: Mapping[str, str] = field(default_factory=dict)

    def descriptor(self, location: str, columns: Sequence[tuple[str, str]]) -> dict[str, Any]:
        """Return the StorageDescriptor of a table with these columns (name, Hive type)."""
        return {
            "Columns": [{"Name": name, "Type": kind} for name, kind in columns],
            "Location": location,
            "InputFormat": self.input_format,
            "OutputFormat": self.output_format,
            "SerdeInfo": {"SerializationLibrary": self.serde, "Parameters": {**self.settings}},
        }


def parquet() -> StorageFormat:
    """Return the format of Parquet files."""
    return StorageFormat(
        PARQUET,
        f"{_PARQUET_FORMATS}InputFormat",
        f"{_PARQUET_FORMATS}OutputFormat",
        {"serialization.format": "1"},
    )


def orc() -> StorageFormat:
    """Return the format of ORC files."""
    return StorageFormat(ORC, f"{_ORC_FORMATS}InputFormat", f"{_ORC_FORMATS}OutputFormat")


def delimited(separator: str) -> StorageFormat:
    """Return the format of lines with a separator, without quotation marks."""
    settings = {"field.delim": separator, "serialization.format": separator}
    return StorageFormat(DELIMITED, _TEXT_INPUT, _TEXT_OUTPUT, settings)


def json_lines() -> StorageFormat:
    """Return the format of one JSON object per line, as Athena writes it."""
    return StorageFormat(HIVE_JSON, _TEXT_INPUT, _TEXT_OUTPUT)


def crawled_json(members: Iterable[str]) -> StorageFormat:
    """Return the format of one JSON object per line with these members, as crawlers describe it."""
    settings = {"paths": ",".join(members)}
    return StorageFormat(OPENX_JSON, _TEXT_INPUT, _TEXT_OUTPUT, settings)
