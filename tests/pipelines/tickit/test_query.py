"""The queries on a small warehouse, with the SQL translation of the laptop cloud."""

from datetime import date
from pathlib import Path

import duckdb
import pytest
import sqlglot

from pipeline_code.tickit.features import DATASET

FOLDER = Path(__file__).parents[3] / "pipeline_code/tickit"
WAREHOUSE = """
CREATE TABLE venue (venueid SMALLINT);
INSERT INTO venue VALUES (1);
CREATE TABLE date (dateid SMALLINT, caldate DATE, holiday BOOLEAN);
INSERT INTO date VALUES (1, '2008-01-01', true), (2, '2008-01-02', false);
CREATE TABLE event (eventid INTEGER, venueid SMALLINT, catid SMALLINT, dateid SMALLINT);
INSERT INTO event VALUES (1, 1, 9, 1), (2, 1, 9, 1), (3, 1, 9, 1), (4, 2, 9, 2), (5, 1, 8, 2);
CREATE TABLE sales (eventid INTEGER, qtysold SMALLINT);
INSERT INTO sales VALUES (1, 2), (1, 3), (2, 4), (4, 8);
"""


def duckdb_sql(name):
    (statement,) = sqlglot.transpile(
        (FOLDER / name).read_text(), read="redshift", write="duckdb", error_level="raise"
    )
    return statement


@pytest.fixture
def warehouse():
    with duckdb.connect() as connection:
        connection.execute(WAREHOUSE)
        yield connection


def test_default_query_counts_events_that_sold_nothing_and_keeps_unknown_venues(warehouse):
    rows = warehouse.execute(duckdb_sql("query.sql")).fetchall()
    assert sorted(rows) == [
        (8, 2, 9, date(2008, 1, 2), False, 1),
        (9, 1, 9, date(2008, 1, 1), True, 3),
    ]


def test_article_s_query_gives_the_same_without_the_events(warehouse):
    default = warehouse.execute(duckdb_sql("query.sql")).fetchall()
    article = warehouse.execute(duckdb_sql("query_article.sql")).fetchall()
    assert sorted(article) == sorted(row[:-1] for row in default)


@pytest.mark.parametrize(("name", "columns"), [("query.sql", 6), ("query_article.sql", 5)])
def test_columns_are_those_the_scripts_declare(warehouse, name, columns):
    described = warehouse.execute(duckdb_sql(name)).description
    assert [column[0] for column in described] == DATASET.schema.names[:columns]


@pytest.mark.parametrize("name", ["query.sql", "query_article.sql"])
def test_fits_into_a_dataset_definition(name):
    text = (FOLDER / name).read_text()
    assert len(text) <= 4096
    # The service inserts the query into UNLOAD ('…'), in which a comment could hide the rest.
    assert "--" not in text
    assert ";" not in text


@pytest.mark.parametrize("known_later", ["pricepaid", "commission", "saletime", "listing"])
def test_nothing_known_only_after_the_sales_is_a_feature(known_later):
    assert known_later not in (FOLDER / "query.sql").read_text()
