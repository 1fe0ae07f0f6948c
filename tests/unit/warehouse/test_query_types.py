"""The types of the columns of a query, found from the types of the tables."""

from __future__ import annotations

import pytest

from warehouse.query_types import columns_of, result_types
from warehouse.schema import Migration
from warehouse.tables import tables_after

TABLES = """\
CREATE TABLE people (id INTEGER NOT NULL, born DATE, income NUMERIC(8,2), city VARCHAR(20));
CREATE TABLE visits (person INTEGER NOT NULL, at TIMESTAMPTZ NOT NULL, paid FLOAT8);
CREATE VIEW cities (name) AS SELECT city FROM people
"""


@pytest.fixture(scope="module")
def tables():
    statements = tuple(each.strip() for each in TABLES.split(";"))
    return tables_after([Migration(1, "0001_t.sql", "", statements)]).types


@pytest.mark.parametrize(
    ("selected", "sql"),
    [
        ("id", "INTEGER"),
        ("income", "DECIMAL(8, 2)"),
        ("COUNT(*)", "BIGINT"),
        ("SUM(id)", "BIGINT"),
        ("income > 5", "BOOLEAN"),
        ("born::TIMESTAMP", "TIMESTAMP"),
        ("DATEDIFF(day, born, GETDATE())", "BIGINT"),
        ("DATEADD(day, 1, born)", "TIMESTAMP"),
        ("DATE_TRUNC('month', born)", "TIMESTAMP"),
        ("CASE WHEN income > 5 THEN 'a' ELSE 'b' END", "VARCHAR"),
        ("some_function(id)", ""),
    ],
)
def test_the_type_of_an_expression(tables, selected, sql):
    found = result_types(f"SELECT {selected} AS x FROM people GROUP BY 1", tables)
    assert {name: each.sql for name, each in found.items()} == {"x": sql}


def test_a_column_of_an_outer_join_may_be_empty(tables):
    query = "SELECT p.id, v.at FROM people p {} JOIN visits v ON v.person = p.id"
    assert [each.required for each in result_types(query.format(""), tables).values()] == [True] * 2
    found = result_types(query.format("LEFT"), tables).values()
    assert [each.required for each in found] == [False] * 2


def test_a_view_has_the_types_of_its_query(tables):
    assert [each.sql for each in tables["public", "cities"].values()] == ["VARCHAR(20)"]


def test_the_origin_of_an_unchanged_column(tables):
    query = "WITH a AS (SELECT city AS place, id + 1 AS n FROM people) SELECT place, n FROM a"
    assert columns_of(query, tables) == {"place": (("public", "people"), "city")}
