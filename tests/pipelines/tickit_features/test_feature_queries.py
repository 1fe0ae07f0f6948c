"""The queries on a small warehouse: what each record knows, and nothing later."""

from __future__ import annotations

import json
import re
from datetime import date, datetime

import duckdb
import pytest
import sqlglot

WAREHOUSE = """
CREATE TABLE venue (
    venueid SMALLINT, venuename VARCHAR, venuecity VARCHAR, venuestate VARCHAR, venueseats INTEGER
);
INSERT INTO venue VALUES (1, 'Arena', 'Bonn', 'NW', 100), (2, 'Hall', 'Mainz', 'RP', NULL);
CREATE TABLE date (dateid SMALLINT, caldate DATE, holiday BOOLEAN);
INSERT INTO date VALUES
(1, '2008-01-01', true), (2, '2008-01-31', false), (3, '2008-02-01', false),
(4, '2008-05-01', false);
CREATE TABLE event (
    eventid INTEGER, venueid SMALLINT, catid SMALLINT, dateid SMALLINT, eventname VARCHAR,
    starttime TIMESTAMP
);
INSERT INTO event VALUES
(1, 1, 9, 1, 'a', '2008-01-01 20:00:00'), (2, 1, 9, 2, 'b', '2008-01-31 20:00:00'),
(3, 1, 9, 3, 'c', '2008-02-01 20:00:00'), (4, 2, 8, 3, 'd', '2008-02-01 14:00:00');
CREATE TABLE sales (eventid INTEGER, qtysold SMALLINT);
INSERT INTO sales VALUES (1, 2), (1, 3), (2, 4), (3, 8);
CREATE TABLE listing (eventid INTEGER, listtime TIMESTAMP);
INSERT INTO listing VALUES
(1, '2007-12-03 10:00:00'), (1, '2007-12-01 09:00:00'), (3, '2008-01-15 12:00:00');
"""


@pytest.fixture(scope="module")
def folder(repository):
    return repository / "pipeline_code" / "tickit_features"


@pytest.fixture(scope="module")
def rows(folder):
    """Return a function that returns the rows of a query, with values bound as in extractions."""

    def run(file, first_day="2008-01-01", last_day="2008-12-31"):
        text = (folder / file).read_text()
        (sql,) = sqlglot.transpile(text, read="redshift", write="duckdb", error_level="raise")
        values = {"first_day": first_day, "last_day": last_day}
        bound = re.sub(r"\$(\w+)|:(\w+)", lambda m: f"'{values[m[1] or m[2]]}'", sql)
        with duckdb.connect() as connection:
            connection.execute(WAREHOUSE)
            found = connection.execute(bound)
            names = [each[0] for each in found.description]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    return run


@pytest.mark.parametrize("group", ["venues", "events", "sales-by-day"])
def test_the_columns_of_a_query_are_the_features_of_its_group(rows, folder, group):
    declared = json.loads((folder / "feature_groups.json").read_text())[group]["features"]
    first, *_ = rows(f"{group.replace('-', '_')}.sql")
    assert list(first) == list(declared)


def test_a_venue_knows_the_sales_of_the_ninety_days_before_the_month(rows):
    found = {
        (row["venueid"], row["changed"]): (row["events"], row["tickets"])
        for row in rows("venues.sql")
    }
    months = [date(2008, month, 1) for month in (1, 2, 5)]
    assert [found[(1, month)] for month in months] == [(0, 0), (2, 9), (1, 8)]
    assert [found[(2, month)] for month in months] == [(0, 0)] * 3


def test_an_event_is_known_from_its_first_listing(rows):
    found = {row["eventid"]: row["listed"] for row in rows("events.sql")}
    assert found == {
        1: datetime(2007, 12, 1, 9),
        3: datetime(2008, 1, 15, 12),
    }


def test_the_sales_of_a_day_are_known_on_the_next_day(rows):
    found = {row["id"]: row for row in rows("sales_by_day.sql")}
    assert set(found) == {"1-9-2008-01-01", "1-9-2008-01-31", "1-9-2008-02-01"}
    first = found["1-9-2008-01-01"]
    assert (first["known"], first["day"]) == (date(2008, 1, 2), date(2008, 1, 1))
    assert (first["holiday"], first["events"], first["tickets"]) == (1, 1, 5)


def test_a_period_limits_the_rows(rows):
    period = {"first_day": "2008-02-01", "last_day": "2008-02-29"}
    assert {row["changed"] for row in rows("venues.sql", **period)} == {date(2008, 2, 1)}
    assert [row["eventid"] for row in rows("events.sql", **period)] == [3]
    assert [row["id"] for row in rows("sales_by_day.sql", **period)] == ["1-9-2008-02-01"]
