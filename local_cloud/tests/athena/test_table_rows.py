"""The rows of tables in unusual files, without a laptop cloud."""

from __future__ import annotations

import io
from decimal import Decimal

import pyarrow as pa
import pyarrow.orc as orc
import pytest

from local_cloud.lake_tables import glue_tables
from local_cloud.lake_tables.errors import UnreadableTable, UnsupportedTable
from local_cloud.lake_tables.glue_tables import glue_table
from local_cloud.lake_tables.table_rows import rows_of
from local_cloud.tests.athena.conftest import parquet


def rows(serde, content, *, settings=None, **columns):
    document = {
        "TableType": "EXTERNAL_TABLE",
        "StorageDescriptor": {
            "Columns": [{"Name": name, "Type": kind} for name, kind in columns.items()],
            "Location": "s3://lake/t/",
            "SerdeInfo": {"SerializationLibrary": serde, "Parameters": settings or {}},
        },
    }
    return rows_of(glue_table(document, "t"), lambda _: [("s3://lake/t/1", content)]).to_pylist()


@pytest.mark.parametrize("separator", ["\x0b", "\x0c", "\x1c", "\x1e", "\x85", "\u2028"])
def test_only_line_feeds_and_carriage_returns_end_a_row(separator):
    """Hadoop's LineReader knows these: \\n, \\r and \\r\\n."""
    text = f"a{separator}b"
    expected = [{"t": text}, {"t": "c"}]
    delimited = f"{text}\nc\r\n".encode()
    assert rows(glue_tables.DELIMITED, delimited, t="string") == expected
    assert rows(glue_tables.OPEN_CSV, delimited, t="string") == expected
    json = f'{{"t": "{text}"}}\r{{"t": "c"}}'.encode()
    if separator >= " ":
        assert rows(glue_tables.OPENX_JSON, json, t="string") == expected


def test_a_field_that_is_too_long_is_rejected_by_name():
    with pytest.raises(UnsupportedTable, match="s3://lake/t/1: field larger than field limit"):
        rows(glue_tables.OPEN_CSV, b"x" * 200_000, t="string")


def test_nanoseconds_are_read_as_microseconds():
    content = parquet(pa.table({"at": pa.array([1_500], pa.timestamp("ns"))}))
    (row,) = rows(glue_tables.PARQUET, content, at="timestamp")
    assert row["at"].microsecond == 1


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"no Parquet", "int"),
        (parquet(pa.table({"a": ["x"]})), "int"),
        (parquet(pa.table({"a": [{"b": 1}]})), "int"),
        (parquet(pa.table({"a": [1], "A": [2]})), "int"),
    ],
)
def test_unreadable_parquet_names_the_object_and_the_table(content, kind):
    with pytest.raises(UnreadableTable, match="s3://lake/t/1 cannot be read as the table t: "):
        rows(glue_tables.PARQUET, content, a=kind)


def test_columns_of_orc_are_matched_by_place_or_by_name():
    """https://docs.aws.amazon.com/athena/latest/ug/handling-schema-updates-chapter.html"""
    buffer = io.BytesIO()
    orc.write_table(pa.table({"b": [1], "A": [2]}), buffer)
    columns = {"a": "bigint", "b": "bigint", "c": "string"}
    found = rows(glue_tables.ORC, buffer.getvalue(), **columns)
    assert found == [{"a": 1, "b": 2, "c": None}]
    by_name = {"orc.column.index.access": "false"}
    found = rows(glue_tables.ORC, buffer.getvalue(), settings=by_name, **columns)
    assert found == [{"a": 2, "b": 1, "c": None}]
    with pytest.raises(UnreadableTable, match="s3://lake/t/1 cannot be read as the table t"):
        rows(glue_tables.ORC, b"no ORC", a="int")


def test_numbers_of_json_keep_all_digits():
    content = b'{"d": 12345678901234567890.125, "t": 1.50, "n": [0.5]}'
    (row,) = rows(glue_tables.HIVE_JSON, content, d="decimal(30,3)", t="string", n="string")
    assert row == {"d": Decimal("12345678901234567890.125"), "t": "1.50", "n": "[0.5]"}
