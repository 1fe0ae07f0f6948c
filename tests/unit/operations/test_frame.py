"""DataFrames of the warehouse: types, NULL, pages, errors and the end of the time."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from operations.environment_clients import EnvironmentClients
from operations.sql.frame import query_frame
from operations.sql.statements import StatementFailed


class Account:
    """An account with one cluster, whose statements have one result of two pages."""

    def __init__(self, columns=(), pages=(), **statement):
        self.columns, self.records = columns, pages
        self.statement = {"Status": "FINISHED", "HasResultSet": bool(columns), **statement}
        self.cancelled = []

    def get_paginator(self, operation):
        self.operation = operation
        return self

    def paginate(self, **_):
        if self.operation == "describe_clusters":
            cluster = {"ClusterIdentifier": "redline-test", "DBName": "d", "MasterUsername": "a"}
            return [{"Clusters": [cluster]}]
        if self.operation == "list_workgroups":
            return [{"workgroups": []}]
        names = [{"name": name, "typeName": kind} for name, kind in self.columns]
        return [{"ColumnMetadata": names, "Records": records} for records in self.records]

    def execute_statement(self, **_):
        return {"Id": "s"}

    def describe_statement(self, **_):
        return {"Id": "s", **self.statement}

    def cancel_statement(self, *, Id):  # noqa: N803 (AWS' name)
        self.cancelled.append(Id)


def frame_of(account, sql="select", **options):
    return query_frame(EnvironmentClients("test", "us-east-1", lambda _: account), sql, **options)


def column(kind, *fields, name="a"):
    """Return the column of a result with one field per page; None is NULL."""
    pages = [[[{"isNull": True} if field is None else field]] for field in fields]
    return frame_of(Account([(name, kind)], pages))[name]


def test_zeros_false_and_the_empty_text_are_values_and_null_is_missing():
    numbers = column("int4", {"longValue": 0}, None, {"longValue": 7})
    assert numbers.dtype == "Int32"
    assert numbers.tolist() == [0, pd.NA, 7]

    answers = column("bool", {"booleanValue": False}, {"booleanValue": True}, None)
    assert answers.dtype == "boolean"
    assert answers.tolist() == [False, True, pd.NA]

    texts = column("varchar", {"stringValue": ""}, None, {"stringValue": "NA"})
    assert texts.dtype == "string"
    assert texts.tolist() == ["", pd.NA, "NA"]

    halves = column("float8", {"doubleValue": 0.0}, None, {"doubleValue": float("nan")})
    assert halves.isna().tolist() == [False, True, False]
    assert np.isnan(halves[2])


@pytest.mark.parametrize("kind", ["int2", "int4", "int8"])
def test_a_column_of_integers_with_null_stays_exact(kind):
    largest = {"int2": 2**15, "int4": 2**31, "int8": 2**63}[kind] - 1
    found = column(kind, {"longValue": largest}, None)
    assert found[0] == largest
    assert found[1] is pd.NA


def test_numeric_values_are_exact_decimals():
    digits = "12345678901234567890123456789012345.678"
    found = column("numeric", {"stringValue": digits}, {"stringValue": "0.00"}, None)
    assert found.tolist() == [Decimal(digits), Decimal("0.00"), pd.NA]


def test_dates_and_times_have_no_limit_at_2262():
    dates = column("date", {"stringValue": "9999-12-31"}, None, {"stringValue": "1583-01-01"})
    assert dates.dtype == "datetime64[s]"
    assert dates[0] == dt.datetime(9999, 12, 31)
    assert dates[1] is pd.NaT

    stamps = column("timestamp", {"stringValue": "4713-12-31 23:59:59.123456"}, None)
    assert stamps.dtype == "datetime64[us]"
    assert stamps[0].microsecond == 123456

    zoned = column(
        "timestamptz", {"stringValue": "2008-01-01 00:00:00.5+05:30"}, None,
        {"stringValue": "2008-06-30 12:00:00+00"},
    )  # fmt: skip
    assert str(zoned.dtype) == "datetime64[us, UTC]"
    assert zoned[0] == pd.Timestamp("2007-12-31 18:30:00.5", tz="UTC")
    assert zoned[1] is pd.NaT
    assert zoned[2].hour == 12

    times = column("time", {"stringValue": "23:59:59.5"}, None)
    assert times.tolist() == [dt.time(23, 59, 59, 500000), pd.NA]


def test_super_is_parsed_and_its_null_is_not_that_of_sql():
    found = column("super", {"stringValue": '{"a": [0, false]}'}, {"stringValue": "null"}, None)
    assert found.tolist() == [{"a": [0, False]}, None, pd.NA]


def test_an_unknown_type_is_text():
    assert column("geometry", {"stringValue": "0101"}).tolist() == ["0101"]


def test_columns_of_an_empty_result_have_their_types():
    kinds = ["bool", "int8", "float4", "numeric", "date", "timestamp", "timestamptz", "varchar"]
    found = frame_of(Account([(kind, kind) for kind in kinds], [[]]))
    assert found.shape == (0, len(kinds))
    assert [str(each) for each in found.dtypes] == [
        *("boolean", "Int64", "Float64", "object", "datetime64[s]", "datetime64[us]"),
        *("datetime64[us, UTC]", "string"),
    ]


def test_columns_with_the_same_name_are_all_there():
    two = [[[{"longValue": 1}, {"longValue": 2}]]]
    found = frame_of(Account([("a", "int4"), ("a", "int4")], two))
    assert found.columns.tolist() == ["a", "a"]
    assert found.iloc[0].tolist() == [1, 2]


def test_a_statement_without_rows_returns_an_empty_frame():
    assert frame_of(Account(ResultRows=3)).empty


def test_a_failure_names_line_and_column():
    error = 'ERROR: syntax error at or near "fron"\n  Position: 10'
    account = Account(Status="FAILED", Error=error)
    with pytest.raises(StatementFailed) as raised:
        frame_of(account, "select 1\nfron sales")
    assert raised.value.position == (2, 1, "fron sales")
    assert str(raised.value) == (
        'ERROR: syntax error at or near "fron" (line 2, column 1: fron sales)'
    )


@pytest.mark.parametrize("error", ["ERROR: x", "ERROR: x Position: 99", "ERROR: x Position: 0"])
def test_a_failure_without_a_position_in_the_statement_has_none(error):
    with pytest.raises(StatementFailed, match="^ERROR: x$") as raised:
        frame_of(Account(Status="FAILED", Error=error))
    assert raised.value.position is None


def test_a_statement_that_takes_too_long_is_cancelled():
    account = Account(Status="STARTED")
    with pytest.raises(TimeoutError, match="had not ended after 0 seconds and was cancelled"):
        frame_of(account, timeout_seconds=0)
    assert account.cancelled == ["s"]
