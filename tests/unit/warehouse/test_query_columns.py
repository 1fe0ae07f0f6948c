"""The columns that a query reads."""

from __future__ import annotations

import pytest

from warehouse.query_columns import QueryError, columns_read

EVENT, SALES, CALLS = ("public", "event"), ("public", "sales"), ("bank", "calls")
TABLES = {
    EVENT: ("eventid", "venueid", "name"),
    SALES: ("eventid", "sold", "buyer"),
    CALLS: ("age", "y"),
}


@pytest.mark.parametrize(
    ("query", "read"),
    [
        ("SELECT venueid FROM event", {EVENT: ("venueid",)}),
        ("SELECT VenueId FROM PUBLIC.EVENT", {EVENT: ("venueid",)}),
        ("SELECT * FROM bank.calls", {CALLS: ("age", "y")}),
        ("SELECT c.* FROM bank.calls c, event e", {CALLS: ("age", "y"), EVENT: ("eventid",)}),
        ("SELECT COUNT(*) FROM event", {EVENT: ("eventid",)}),
        ("SELECT 1 FROM event WHERE name = :name", {EVENT: ("name",)}),
        ("SELECT venueid FROM event ORDER BY name", {EVENT: ("venueid", "name")}),
        (
            "SELECT sold FROM sales JOIN event USING (eventid)",
            {EVENT: ("eventid",), SALES: ("eventid", "sold")},
        ),
        (
            "WITH a AS (SELECT * FROM event), b AS (SELECT venueid FROM a) SELECT * FROM b",
            {EVENT: ("eventid", "venueid", "name")},
        ),
        (
            "SELECT venueid FROM event e WHERE EXISTS "
            "(SELECT 1 FROM sales WHERE eventid = e.eventid AND sold > 1)",
            {EVENT: ("eventid", "venueid"), SALES: ("eventid", "sold")},
        ),
        (
            "SELECT venueid FROM event UNION ALL SELECT sold FROM sales",
            {EVENT: ("venueid",), SALES: ("sold",)},
        ),
        (
            "SELECT (SELECT MAX(buyer) FROM sales) AS last, age FROM bank.calls QUALIFY "
            "ROW_NUMBER() OVER (PARTITION BY y ORDER BY age) = 1",
            {CALLS: ("age", "y"), SALES: ("buyer",)},
        ),
        ("SELECT 1 AS one", {}),
    ],
)
def test_the_columns_of_a_query(query, read):
    assert columns_read(query, TABLES) == read


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("SELECT nothing FROM event", "the column 'nothing', which its tables do not have"),
        ("SELECT a FROM users", "reads public.users, which is not a known table: allowed are "),
        ("SELECT eventid FROM event, sales", "eventid"),
        ("DELETE FROM event", "the text is not a query"),
        ("SELECT FROM WHERE", "is not valid SQL"),
    ],
)
def test_a_query_whose_columns_are_not_known_is_rejected(query, error):
    with pytest.raises(QueryError, match=error):
        columns_read(query, TABLES)


@pytest.mark.parametrize(
    ("query", "line"),
    [
        ("SELECT eventid,\n nothing\nFROM event", 2),
        ("SELECT e.eventid,\n e.nothing\nFROM event e", 2),
        ("SELECT eventid\nFROM\n users", 3),
        ("SELECT eventid\nFRO event", 2),
        ("SELECT eventid FROM event\nUNION ALL SELECT s.nothing FROM sales s", 2),
    ],
)
def test_an_error_has_the_line_of_the_query(query, line):
    with pytest.raises(QueryError) as error:
        columns_read(query, TABLES)
    assert error.value.line == line
