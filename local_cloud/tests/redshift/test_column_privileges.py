"""SELECT on single columns of a table.

https://docs.aws.amazon.com/redshift/latest/dg/r_GRANT-usage-notes.html#r_GRANT-usage-notes-clp
"""

from __future__ import annotations

import pytest

DENIED = "ERROR: permission denied for relation users"


@pytest.fixture
def shop(database):
    """A table with personal data, whose columns `id` and `city` are granted to a user's role."""
    database.run(
        "CREATE TABLE users (id INT, city VARCHAR(9), email VARCHAR(20))",
        "CREATE TABLE visits (userid INT, email VARCHAR(20))",
        "INSERT INTO users VALUES (1, 'Bern', 'a@example.com')",
        "INSERT INTO visits VALUES (1, 'x')",
        "CREATE ROLE readers",
        "CREATE USER reader PASSWORD DISABLE",
        "GRANT ROLE readers TO reader",
        "GRANT SELECT (id, city) ON TABLE users TO ROLE readers",
        "GRANT SELECT ON visits TO ROLE readers",
    )
    return database


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT id, city FROM users",
        "SELECT u.id, u.city FROM users u JOIN visits v ON u.id = v.userid AND v.email = 'x'",
        "WITH some AS (SELECT id, city FROM public.users WHERE city LIKE 'B%') SELECT * FROM some",
        "SELECT id, (SELECT max(city) FROM users) FROM users",
    ],
)
def test_granted_columns_are_read(shop, sql):
    assert shop.rows(sql, user="reader") == [(1, "Bern")]


def test_rows_are_counted_without_a_column(shop):
    assert shop.rows("SELECT count(*) FROM users", user="reader") == [(1,)]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT email FROM users",
        "SELECT * FROM users",
        "SELECT id FROM users WHERE email LIKE 'a%'",
        "SELECT count(email) FROM users",
        "SELECT city FROM users ORDER BY email",
        "SELECT v.userid FROM visits v JOIN users u ON u.email = v.email",
        "SELECT userid FROM visits v WHERE EXISTS (SELECT 1 FROM users WHERE email = v.email)",
        "WITH all_users AS (SELECT * FROM users) SELECT id FROM all_users",
        "CREATE TEMP TABLE mine AS SELECT email FROM users",
        "UNLOAD ('SELECT email FROM users') TO 's3://b/p' IAM_ROLE 'r'",
        "DELETE FROM users WHERE id = 1",
        "INSERT INTO users (id) VALUES (2)",
    ],
)
def test_other_columns_are_denied(shop, sql):
    assert shop.error(sql, user="reader") == DENIED


def test_a_revoked_table_includes_its_columns(shop):
    shop.run("REVOKE SELECT ON ALL TABLES IN SCHEMA public FROM ROLE readers")
    assert shop.error("SELECT id FROM users", user="reader") == DENIED


def test_a_single_column_is_revoked(shop):
    shop.run("REVOKE SELECT (city) ON users FROM ROLE readers")
    assert shop.rows("SELECT id FROM users", user="reader") == [(1,)]
    assert shop.error("SELECT city FROM users", user="reader") == DENIED


def test_a_privilege_is_held_on_the_table_or_on_its_columns(shop):
    assert "on columns of relation users" in shop.error("GRANT SELECT ON users TO ROLE readers")
    shop.run("GRANT SELECT (userid) ON visits TO ROLE readers")
    assert shop.rows("SELECT email FROM visits", user="reader") == [("x",)]
    assert "revoke it on the relation" in shop.error(
        "REVOKE SELECT (email) ON visits FROM ROLE readers"
    )


def test_a_renamed_column_stays_granted_and_a_new_column_is_not(shop):
    shop.run("ALTER TABLE users RENAME COLUMN city TO town", "ALTER TABLE users ADD city INT")
    assert shop.rows("SELECT town FROM users", user="reader") == [("Bern",)]
    assert shop.error("SELECT city FROM users", user="reader") == DENIED


def test_a_dropped_column_is_not_granted_when_it_is_added_again(shop):
    shop.run("ALTER TABLE users DROP COLUMN city", "ALTER TABLE users ADD city INT")
    assert shop.error("SELECT city FROM users", user="reader") == DENIED


def test_a_grant_names_columns_of_the_table(shop):
    error = shop.error("GRANT SELECT (nothing) ON users TO reader")
    assert error == 'ERROR: column "nothing" of relation "users" does not exist'
