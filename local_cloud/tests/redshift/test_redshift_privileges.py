"""Database users have only the granted privileges."""

from __future__ import annotations

import pytest

DENIED = "ERROR: permission denied for relation sales"


@pytest.fixture
def shop(database):
    """A table, a view of the table, and a user without grants."""
    database.run(
        "CREATE TABLE sales (id INT, name VARCHAR(5))",
        "INSERT INTO sales VALUES (1, 'a')",
        "CREATE VIEW names AS SELECT name FROM sales",
        "CREATE USER reader PASSWORD DISABLE",
    )
    return database


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM sales",
        "SELECT (SELECT count(*) FROM sales)",
        "WITH s AS (SELECT * FROM sales) SELECT * FROM s",
        "WITH sales AS (SELECT * FROM sales) SELECT * FROM sales",
        "SELECT 1 WHERE EXISTS (SELECT 1 FROM public.sales)",
        "INSERT INTO sales VALUES (2, 'b')",
        "UPDATE sales SET name = 'x'",
        "DELETE FROM sales",
        "CREATE TABLE mine AS SELECT * FROM sales",
        "UNLOAD ('SELECT * FROM sales') TO 's3://b/p' IAM_ROLE 'r'",
        "COPY sales FROM 's3://b/p' IAM_ROLE 'r'",
    ],
)
def test_without_a_grant_a_table_is_closed(shop, sql):
    assert shop.error(sql, user="reader") == DENIED


def test_a_reader_reads_and_does_not_write(shop):
    shop.run("GRANT SELECT ON TABLE sales TO reader")

    assert shop.rows("SELECT id FROM sales", user="reader") == [(1,)]
    assert shop.error("DELETE FROM sales", user="reader") == DENIED
    assert shop.error("TRUNCATE sales", user="reader") == "ERROR: must be owner of relation sales"
    assert shop.error("DROP TABLE sales", user="reader") == "ERROR: must be owner of relation sales"


def test_revoke_takes_a_grant_back(shop):
    shop.run("GRANT SELECT, DELETE ON sales TO reader", "REVOKE SELECT ON sales FROM reader")

    assert shop.error("SELECT * FROM sales", user="reader") == DENIED
    assert shop.run("DELETE FROM sales", user="reader").rows == 1


def test_a_view_is_read_by_its_own_grant(shop):
    shop.run("GRANT SELECT ON names TO reader")

    assert shop.rows("SELECT * FROM names", user="reader") == [("a",)]
    assert shop.error("SELECT * FROM sales", user="reader") == DENIED


def test_groups_and_public_hold_grants(shop):
    shop.run("CREATE GROUP readers WITH USER reader", "GRANT SELECT ON sales TO GROUP readers")
    assert shop.rows("SELECT id FROM sales", user="reader") == [(1,)]

    shop.run("ALTER GROUP readers DROP USER reader")
    assert shop.error("SELECT * FROM sales", user="reader") == DENIED

    shop.run("GRANT ALL ON ALL TABLES IN SCHEMA public TO PUBLIC")
    assert shop.run("INSERT INTO sales VALUES (2, 'b')", user="reader").rows == 1


def test_a_schema_is_closed_without_usage(shop):
    shop.run("CREATE SCHEMA etl", "CREATE TABLE etl.t (a INT)", "GRANT SELECT ON etl.t TO reader")
    assert shop.error("SELECT * FROM etl.t", user="reader") == (
        "ERROR: permission denied for schema etl"
    )

    shop.run("GRANT USAGE ON SCHEMA etl TO reader")
    assert shop.rows("SELECT * FROM etl.t", user="reader") == []


def test_public_may_make_tables_until_that_is_revoked(shop):
    shop.run("CREATE TABLE mine (a INT)", user="reader")
    shop.run("REVOKE CREATE ON SCHEMA public FROM PUBLIC")

    assert shop.error("CREATE TABLE more (a INT)", user="reader") == (
        "ERROR: permission denied for schema public"
    )
    assert shop.run("INSERT INTO mine VALUES (1)", user="reader").rows == 1


def test_default_privileges_come_with_new_tables(shop):
    shop.run("ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO reader")
    shop.run("CREATE TABLE later AS SELECT 1 AS a")

    assert shop.rows("SELECT a FROM later", user="reader") == [(1,)]
    assert shop.error("SELECT * FROM sales", user="reader") == DENIED


def test_grants_follow_a_renamed_table_and_end_with_a_dropped_one(shop):
    shop.run("GRANT SELECT ON sales TO reader", "ALTER TABLE sales RENAME TO sold")
    assert shop.rows("SELECT id FROM sold", user="reader") == [(1,)]

    shop.run("DROP TABLE sold", "CREATE TABLE sold AS SELECT 1 AS a")
    assert "permission denied" in shop.error("SELECT * FROM sold", user="reader")


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE USER other PASSWORD DISABLE",
        "DROP USER admin",
        "CREATE GROUP g",
        "CREATE DATABASE d",
        "SET SESSION AUTHORIZATION admin",
        "GRANT SELECT ON sales TO reader",
        "ALTER USER reader CREATEUSER",
        "CREATE SCHEMA s",
    ],
)
def test_a_plain_user_administers_nothing(shop, sql):
    assert shop.error(sql, user="reader").startswith(
        ("ERROR: permission denied", "ERROR: must be owner")
    )


def test_a_user_with_privileges_cannot_be_dropped(shop):
    shop.run("GRANT SELECT ON sales TO reader")
    assert "cannot be dropped" in shop.error("DROP USER reader")

    shop.run("REVOKE SELECT ON sales FROM reader", "DROP USER reader")
    assert shop.error("SELECT 1", user="reader") == 'FATAL: user "reader" does not exist'


@pytest.mark.parametrize("password", ["short1A", "nouppercase1", "NoDigitsAtAll"])
def test_weak_passwords_are_refused(database, password):
    assert "password must be" in database.error(f"CREATE USER u PASSWORD '{password}'")


def test_a_bound_parameter_is_a_value_and_never_sql(shop):
    hostile = "'; DROP TABLE sales; --"

    assert shop.rows("SELECT id FROM sales WHERE name = :name", name=hostile) == []
    assert shop.rows("SELECT :name", name=hostile) == [(hostile,)]
    assert shop.rows("SELECT count(*) FROM sales") == [(1,)]
