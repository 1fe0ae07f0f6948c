"""The query on a small warehouse, with the SQL translation of the laptop cloud."""

import re
from datetime import date, timedelta

import duckdb
import pytest
import sqlglot

TODAY = date.today()
TOMORROW = TODAY + timedelta(days=1)
WAREHOUSE = f"""
CREATE TABLE date (dateid SMALLINT, caldate DATE, holiday BOOLEAN);
INSERT INTO date VALUES
(1, '2008-01-01', true), (2, '2008-01-02', false), (3, '2008-01-03', false),
(7, '{TODAY}', false), (8, '{TOMORROW}', true);
CREATE TABLE event (eventid INTEGER, venueid SMALLINT, catid SMALLINT, dateid SMALLINT);
INSERT INTO event VALUES
(1, 1, 9, 1), (2, 1, 9, 1), (3, 1, 9, 1), (4, 2, 9, 2), (5, 1, 8, 2), (6, 3, 8, 7), (7, 3, 8, 8);
CREATE TABLE sales (eventid INTEGER, qtysold SMALLINT);
INSERT INTO sales VALUES (1, 2), (1, 3), (2, 4), (4, 8);
"""


def in_duckdb(sql):
    (statement,) = sqlglot.transpile(sql, read="redshift", write="duckdb", error_level="raise")
    return statement


@pytest.fixture(scope="module")
def folder(repository):
    return repository / "pipeline_code"


@pytest.fixture
def warehouse():
    with duckdb.connect() as connection:
        connection.execute(WAREHOUSE)
        yield connection


@pytest.fixture
def planned(warehouse, folder):
    """Return a function that runs the query with values that are bound like in the extraction."""

    def run(first_day="today", last_day="horizon", horizon_days=0):
        values = {"first_day": first_day, "last_day": last_day, "horizon_days": str(horizon_days)}
        columns = ", ".join(f"value_{name} VARCHAR" for name in values)
        warehouse.execute(f"CREATE OR REPLACE TABLE bound_values ({columns})")
        warehouse.execute("INSERT INTO bound_values VALUES (?, ?, ?)", list(values.values()))
        text = (folder / "tickit_batch" / "query.sql").read_text()
        bound = re.sub(r":(\w+)", r"(SELECT value_\1 FROM bound_values)", text)
        return warehouse.execute(in_duckdb(bound))

    return run


def test_every_group_of_the_period_is_a_row_whether_it_sold_or_not(planned):
    rows = planned("2008-01-01", "2008-01-02").fetchall()
    assert sorted(rows) == [
        (1, 1, 9, date(2008, 1, 1), True, 3),
        (2, 1, 8, date(2008, 1, 2), False, 1),
        (2, 2, 9, date(2008, 1, 2), False, 1),
    ]


def test_the_model_s_columns_are_those_it_learned_from(warehouse, planned, folder):
    """Columns and rows, without the key, are those of tickit's query without the target."""
    result = planned("2008-01-01", "2008-01-03")
    names = [column[0] for column in result.description]
    scored = {row[1:] for row in result.fetchall()}
    learned = warehouse.execute(in_duckdb((folder / "tickit" / "query.sql").read_text()))
    assert [column[0] for column in learned.description][1:] == names[1:]
    assert {row[1:] for row in learned.fetchall()} < scored


def test_the_default_is_today_and_as_many_days_as_the_horizon_has(planned):
    assert [row[3] for row in planned().fetchall()] == [TODAY]
    assert sorted(row[3] for row in planned(horizon_days=30).fetchall()) == [TODAY, TOMORROW]


def test_the_horizon_begins_with_the_first_day(planned):
    rows = planned("2008-01-01", horizon_days=1).fetchall()
    assert {row[3] for row in rows} == {date(2008, 1, 1), date(2008, 1, 2)}
    assert planned("2008-01-03", "2008-01-03").fetchall() == []


def test_what_is_no_day_is_an_error(planned):
    with pytest.raises(duckdb.ConversionException):
        planned("tomorrow").fetchall()
