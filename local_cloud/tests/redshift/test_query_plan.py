"""EXPLAIN returns the steps that Redshift's documentation shows."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="module")
def tickit(shared_database):
    shared_database.run("CREATE TABLE event (eventid INT, venueid INT, catid INT)")
    shared_database.run("CREATE TABLE venue (venueid INT, venuename VARCHAR(100))")
    shared_database.run("INSERT INTO event VALUES (1, 1, 1), (2, 1, 2), (3, 2, 1)")
    shared_database.run("INSERT INTO venue VALUES (1, 'a'), (2, 'b')")
    return shared_database


def plan(database, sql):
    return [line for (line,) in database.rows(f"EXPLAIN {sql}")]


def test_a_join(tickit):
    sql = "SELECT eventid, venuename FROM event, venue WHERE event.venueid = venue.venueid"
    assert plan(tickit, sql) == [
        "XN Hash Join DS_DIST_ALL_NONE  (cost=0.02..0.05 rows=3 width=54)",
        '  Hash Cond: ("outer".venueid = "inner".venueid)',
        "  ->  XN Seq Scan on event  (cost=0.00..0.03 rows=3 width=54)",
        "  ->  XN Hash  (cost=0.02..0.02 rows=2 width=54)",
        "        ->  XN Seq Scan on venue  (cost=0.00..0.02 rows=2 width=54)",
    ]


@pytest.mark.parametrize(
    ("sql", "operators"),
    [
        ("SELECT 1", ["Result"]),
        ("SELECT * FROM event WHERE eventid > 1", ["Seq Scan on event"]),
        ("SELECT count(*) FROM event", ["Aggregate", "Seq Scan on event"]),
        (
            "SELECT catid, count(*) FROM event GROUP BY 1 ORDER BY 2 DESC LIMIT 3",
            ["Limit", "Merge", "Network", "Sort", "HashAggregate", "Seq Scan on event"],
        ),
        ("SELECT DISTINCT catid FROM event", ["Unique", "Seq Scan on event"]),
        (
            "SELECT rank() OVER (PARTITION BY catid ORDER BY eventid) FROM event",
            ["Window", "Seq Scan on event"],
        ),
        (
            "SELECT a.eventid FROM event a CROSS JOIN venue b",
            ["Nested Loop Join", "Seq Scan on event a", "Seq Scan on venue b"],
        ),
        (
            "WITH few AS (SELECT * FROM event) SELECT * FROM few",
            ["Subquery Scan few", "Seq Scan on event"],
        ),
        (
            "SELECT eventid FROM event UNION SELECT venueid FROM venue",
            [
                *("Unique", "Append", 'Subquery Scan "*SELECT* 1"', "Seq Scan on event"),
                *('Subquery Scan "*SELECT* 2"', "Seq Scan on venue"),
            ],
        ),
        ("CREATE TABLE x AS SELECT * FROM venue", ["Seq Scan on venue"]),
        ("INSERT INTO venue VALUES (3, 'c')", ["Result"]),
        ("INSERT INTO venue SELECT * FROM venue", ["Seq Scan on venue"]),
        ("DELETE FROM venue WHERE venueid = 1", ["Seq Scan on venue"]),
        ("UPDATE venue SET venuename = 'x'", ["Seq Scan on venue"]),
    ],
)
def test_the_operators_of_a_statement(tickit, sql, operators):
    lines = [line for line in plan(tickit, sql) if "(cost=" in line]
    found = [line.split("XN ")[1].split("  (cost=")[0] for line in lines]
    assert found == operators


def test_conditions_and_keys_are_shown(tickit):
    sql = "SELECT * FROM event e WHERE e.eventid > 1 ORDER BY e.catid"
    assert [line.strip() for line in plan(tickit, sql) if "(cost" not in line] == [
        "Merge Key: catid",
        "Send to leader",
        "Sort Key: catid",
        "Filter: (eventid > 1)",
    ]


def test_explain_runs_nothing_and_checks_the_statement(tickit):
    plan(tickit, "DELETE FROM event")
    assert tickit.rows("SELECT count(*) FROM event") == [(3,)]
    assert tickit.error("EXPLAIN SELECT * FROM nothing") == (
        'ERROR: relation "nothing" does not exist'
    )
    assert "EXPLAIN needs" in tickit.error("EXPLAIN DROP TABLE event")
