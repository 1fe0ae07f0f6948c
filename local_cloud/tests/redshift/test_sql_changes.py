"""INSERT, UPDATE and DELETE compare and convert values in the same way as queries."""

from __future__ import annotations

import pytest


@pytest.fixture
def filled(database):
    database.run("CREATE TABLE t (id INT, name VARCHAR(9), code CHAR(3), price DECIMAL(6,2))")
    database.run(
        "INSERT INTO t VALUES (1, 'a  ', 'x', 1.005), (2, 'a', 'y ', 2), (3, NULL, NULL, 3)"
    )
    return database


def test_trailing_blanks_do_not_count_in_conditions(filled):
    assert filled.run("UPDATE t SET price = 9 WHERE name = 'a'").rows == 2
    assert filled.run("DELETE FROM t WHERE name IN ('a ', 'b') AND code = 'y'").rows == 1
    assert filled.rows("SELECT id, price FROM t ORDER BY id") == [(1, "9.00"), (3, "3.00")]


def test_trailing_blanks_do_not_count_between_tables(filled):
    filled.run(
        "CREATE TABLE u (name VARCHAR(9), new VARCHAR(9))", "INSERT INTO u VALUES ('a', 'z')"
    )
    assert filled.run("UPDATE t SET name = u.new FROM u WHERE t.name = u.name").rows == 2
    assert filled.run("DELETE FROM t USING u WHERE t.name = u.new").rows == 2


def test_values_are_converted_to_the_column(filled):
    filled.run("INSERT INTO t (id, name, price) VALUES ('7', 12.50, '1.239'), (8.4, true::int, 2)")
    assert filled.rows("SELECT id, name, price FROM t WHERE id > 3 ORDER BY id") == [
        (7, "12.50", "1.24"),
        (8, "1", "2.00"),
    ]
    filled.run("UPDATE t SET name = id, id = '5' WHERE id = 7")
    assert filled.rows("SELECT name FROM t WHERE id = 5") == [("7",)]


def test_functions_of_redshift_in_a_change(filled):
    filled.run("UPDATE t SET name = initcap('ab') || len(code), price = price / 3 WHERE id = 2")
    assert filled.rows("SELECT name, price FROM t WHERE id = 2") == [("Ab1", "0.67")]
    assert "function foo(integer) does not exist" in filled.error("UPDATE t SET id = foo(id)")


def test_a_change_with_a_common_table(filled):
    filled.run("WITH few AS (SELECT max(id) AS id FROM t) DELETE FROM t USING few "
               "WHERE t.id = few.id")  # fmt: skip
    assert filled.rows("SELECT count(*) FROM t") == [(2,)]


def test_subqueries_in_a_change(filled):
    filled.run(
        "UPDATE t SET price = (SELECT sum(price) FROM t) WHERE id IN (SELECT min(id) FROM t)"
    )
    assert filled.rows("SELECT price FROM t WHERE id = 1") == [("6.01",)]


def test_temporary_tables_by_their_sign(database):
    database.run("CREATE TABLE t (a INT)", "INSERT INTO t VALUES (1)")
    database.run("CREATE TABLE #few AS SELECT * FROM t", "SELECT * INTO #more FROM #few")
    assert 'relation "#few" does not exist' in database.error("SELECT * FROM #few")
    counted = database.run(
        "CREATE TABLE #few (a INT)", "INSERT INTO #few VALUES (1), (2)", "SELECT * FROM #few"
    )
    assert counted.rows == 2
    assert database.rows("SELECT tablename FROM pg_tables") == [("t",)]
