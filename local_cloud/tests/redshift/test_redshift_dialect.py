"""Golden cases: Redshift SQL, its translation to DuckDB SQL, and the resulting rows."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from local_cloud.redshift.sql.dialect import placeholders, tokens
from local_cloud.redshift.sql.parsing import parse
from local_cloud.redshift.sql.relations import qualify_relations
from local_cloud.redshift.sql.resolution import resolved
from local_cloud.redshift.sql.translate import to_duckdb
from local_cloud.redshift.sql.translation_context import TranslationContext

GOLDEN = Path(__file__).parent / "golden"
TABLES = (
    "CREATE TABLE sales (salesid INT NOT NULL, dateid SMALLINT, qtysold SMALLINT, "
    "pricepaid DECIMAL(8,2), saletime TIMESTAMP)",
    "CREATE TABLE date (dateid SMALLINT, caldate DATE, day CHAR(3), month VARCHAR(5), "
    "holiday BOOLEAN)",
)


def cases(name):
    blocks = (GOLDEN / name).read_text().strip().split("\n\n")
    return [pytest.param(*block.split("\n=> "), id=block.split("\n")[0]) for block in blocks]


@pytest.mark.parametrize(("sql", "expected"), cases("translations.txt"))
def test_a_query_becomes_duckdbs_sql(database, sql, expected):
    database.run(*TABLES)
    catalog = database_catalog(database)
    tree = parse(sql)
    qualify_relations(tree, catalog)

    context = TranslationContext("admin", "redline")
    text = to_duckdb(resolved(tree, catalog), context)

    assert text == expected


@pytest.mark.parametrize(("sql", "expected"), cases("results.txt"))
def test_a_query_gives_redshifts_values(database, sql, expected):
    assert database.rows(sql) == [ast.literal_eval(expected)]


def test_columns_are_named_and_typed_as_on_redshift(database):
    database.run(*TABLES)

    assert database.types(
        "select count(*), sum(qtysold), avg(qtysold), max(day), day, month || 'x', 1, pricepaid, "
        "'7'::int, holiday, caldate, saletime from sales s join date d on s.dateid = d.dateid "
        "group by day, month, pricepaid, holiday, caldate, saletime"
    ) == [
        ("count", "bigint"),
        ("sum", "bigint"),
        ("avg", "bigint"),
        ("max", "character(3)"),
        ("day", "character(3)"),
        ("?column?", "character varying(256)"),
        ("?column?", "integer"),
        ("pricepaid", "numeric(8,2)"),
        ("int4", "integer"),
        ("holiday", "boolean"),
        ("caldate", "date"),
        ("saletime", "timestamp without time zone"),
    ]


def test_declared_types_survive_views_copies_and_subqueries(database):
    database.run(*TABLES, "create view v as select day as d from date")
    database.run("create table t as select d from v")

    assert database.types("select d from (select d from t) x") == [("d", "character(3)")]


def test_parameters_are_found_outside_quotes_comments_and_casts_only():
    sql = "select :a, x::int, ':b' from t where y = :c2 -- :d"

    assert placeholders(tokens(sql)) == {"a", "c2"}


def database_catalog(database):
    from local_cloud.redshift.session import Session

    session = Session(database.warehouse, database.lake, database="redline", user="admin")
    try:
        return session.catalog()
    finally:
        session.close()


def test_a_bound_parameter_takes_the_type_of_what_stands_beside_it(database):
    database.run(*TABLES, "INSERT INTO sales (salesid, pricepaid) VALUES (7, 2.50)")
    sql = "select salesid + :n, pricepaid * :f from sales where salesid = :id limit :most"

    assert database.rows(sql, n="3", f="2.00", id="7", most="1") == [(10, "5.0000")]
    assert "invalid input syntax" in database.error("select 1 + :n", n="many")
