"""The translation of queries, without a laptop cloud: values, parameters and names of columns."""

from __future__ import annotations

import contextlib

import duckdb
import pytest

from local_cloud.athena.errors import QueryFailed
from local_cloud.athena.sql.trino_query import parsed, to_duckdb, with_parameters


def rows(sql, *parameters):
    tree = with_parameters(parsed(sql), parameters)
    with contextlib.closing(duckdb.connect()) as connection:
        connection.execute("SET ieee_floating_point_ops = true")
        return connection.sql(to_duckdb(tree, "shop", {})).fetchall()


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("n / d / d", 9007199254740993),
        ("n / d % 10", 3),
        ("cast(2.5e0 AS integer)", 3),
        ("cast(-2.5e0 AS bigint)", -3),
        ("cast(date_trunc('month', date '2024-03-05') AS varchar)", "2024-03-01"),
        ("cast(date_add('day', 1, date '2024-01-01') + interval '1' day AS varchar)", "2024-01-03"),
    ],
)
def test_inner_expressions_have_the_values_of_trino(expression, expected):
    assert rows(f"SELECT {expression} FROM (VALUES (9007199254740993, 1)) t(n, d)") == [(expected,)]


def test_an_inner_division_by_zero_is_an_error():
    with pytest.raises(duckdb.Error, match="DIVISION_BY_ZERO"):
        rows("SELECT n / d / n FROM (VALUES (7, 0)) t(n, d)")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT n, count(*) FROM (VALUES 1, 2, 2) t(n) GROUP BY n ORDER BY 2 DESC",
        "SELECT n, count(*), max(n) FROM (VALUES 1, 2, 2) t(n) GROUP BY 1 ORDER BY 3 DESC, 2",
        "SELECT n FROM (VALUES 1) t(n) UNION ALL SELECT 2 ORDER BY 1 DESC",
        "SELECT max(n) FROM (VALUES 1) t(n) UNION ALL SELECT 2 ORDER BY 1 DESC",
    ],
)
def test_order_by_the_place_of_a_column_without_a_name(sql):
    assert [row[0] for row in rows(sql)] == [2, 1]


@pytest.mark.parametrize(
    ("sql", "parameters", "expected"),
    [
        ("WITH a AS (SELECT ? AS p) SELECT p, ? FROM a", ("1", "2"), (1, 2)),
        ("SELECT n FROM (VALUES 1, 2, 3) t(n) OFFSET ? LIMIT ?", ("2", "1"), (3,)),
        ("SELECT CASE WHEN n = ? THEN ? ELSE ? END FROM (VALUES 1) t(n)", ("2", "3", "4"), (4,)),
        ("SELECT '?', ? -- ?", ("'it''s'",), ("?", "it's")),
    ],
)
def test_parameters_are_bound_in_the_order_of_the_text(sql, parameters, expected):
    assert rows(sql, *parameters) == [expected]


@pytest.mark.parametrize(
    "parameter", ["1 UNION SELECT 2", "1 LIMIT 0", "(SELECT 5)", "n", "1 AS m", "?", "DISTINCT 1"]
)
def test_a_parameter_that_is_not_a_literal_is_rejected(parameter):
    with pytest.raises(QueryFailed, match="is not a literal"):
        rows("SELECT ? FROM (VALUES 1) t(n)", parameter)
