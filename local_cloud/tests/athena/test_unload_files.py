"""Files of UNLOAD, without a laptop cloud."""

from __future__ import annotations

import datetime as dt
import io
import math
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from local_cloud.athena.errors import QueryFailed
from local_cloud.athena.s3.lake_objects import LakeObjects
from local_cloud.athena.s3.unload_files import UnloadTarget, write_rows
from local_cloud.athena.sql.query_context import QueryContext
from local_cloud.athena.sql.statements import read_statement, run_statement


class Bucket:
    """The calls of an S3 client that UNLOAD uses."""

    def __init__(self, *keys):
        self.objects = dict.fromkeys(keys, b"")

    def get_paginator(self, _):
        return self

    def paginate(self, *, Bucket, Prefix):  # noqa: N803 - the names of boto3
        return [{"Contents": [{"Key": key} for key in self.objects if key.startswith(Prefix)]}]

    def put_object(self, *, Bucket, Key, Body):  # noqa: N803 - the names of boto3
        self.objects[Key] = Body


class Engine:
    """Returns no rows for each query."""

    def run(self, *_):
        return self

    rows = pa.table({"a": pa.array([], pa.int32())})


class Catalog:
    """A catalogue without tables."""

    def __init__(self, bucket):
        self.objects = LakeObjects(bucket)


def test_a_folder_whose_name_starts_with_that_of_the_target_is_not_the_target():
    statement = read_statement("UNLOAD (SELECT 1 a) TO 's3://lake/out' WITH (format = 'JSON')", ())

    def context(key):
        return QueryContext("shop", Catalog(Bucket(key)), Engine(), "q", "s3://results", True)

    assert run_statement(statement, context("output/1")).files == []
    with pytest.raises(QueryFailed, match="HIVE_PATH_ALREADY_EXISTS"):
        run_statement(statement, context("out/1"))


def test_times_have_the_milliseconds_of_athena():
    bucket = Bucket()
    at = dt.datetime(2024, 1, 2, 3, 4, 5, 678_901)
    write_rows(pa.table({"at": [at]}), UnloadTarget("s3://lake/q", "PARQUET"), LakeObjects(bucket))
    (content,) = bucket.objects.values()
    (row,) = pq.read_table(io.BytesIO(content)).to_pylist()
    assert row["at"] == at.replace(microsecond=678_000)


@pytest.mark.parametrize("format_", ["PARQUET", "JSON", "TEXTFILE"])
def test_columns_with_the_same_name_are_rejected(format_):
    rows = pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["a", "A"])
    with pytest.raises(QueryFailed, match="Column name 'a' specified more than once"):
        write_rows(rows, UnloadTarget("s3://lake/q", format_), LakeObjects(Bucket()))


def test_the_sum_of_bigints_is_a_number_in_json():
    """DuckDB returns it as an integer of 128 bits, which is a decimal in Arrow."""
    bucket = Bucket()
    rows = pa.table({"total": pa.array([6], pa.decimal128(38, 0))})
    write_rows(rows, UnloadTarget("s3://lake/x", "JSON", "NONE"), LakeObjects(bucket))
    assert list(bucket.objects.values()) == [b'{"total": 6}\n']


def test_decimals_are_numbers_in_json_also_within_other_values():
    """https://github.com/trinodb/trino: JsonSerializer writes `toBigDecimal().toString()`."""
    price, small = Decimal("1.50"), Decimal("1E-7")
    row = {"price": price, "all": [price, None], "one": {"small": small}, "wrong": math.nan}
    bucket = Bucket()
    kinds = pa.schema(
        [
            ("price", pa.decimal128(8, 2)),
            ("all", pa.list_(pa.decimal128(8, 2))),
            ("one", pa.struct([("small", pa.decimal128(10, 7))])),
            ("wrong", pa.float64()),
        ]
    )
    rows = pa.Table.from_pylist([row], schema=kinds)
    write_rows(rows, UnloadTarget("s3://lake/x", "JSON", "NONE"), LakeObjects(bucket))
    (content,) = bucket.objects.values()
    assert content == (
        b'{"price": 1.50, "all": [1.50, null], "one": {"small": 1E-7}, "wrong": "NaN"}\n'
    )
