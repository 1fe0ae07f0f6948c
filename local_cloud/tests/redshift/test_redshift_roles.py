"""Database roles: the users and roles to which a role is granted have its privileges."""

from __future__ import annotations

import pytest

DENIED = "ERROR: permission denied for relation sales"


@pytest.fixture
def shop(database):
    """A table, a role that may read the table, and a user who does not have the role."""
    database.run(
        "CREATE TABLE sales (id INT)",
        "INSERT INTO sales VALUES (1)",
        "CREATE ROLE readers",
        "GRANT SELECT ON TABLE sales TO ROLE readers",
        "CREATE USER reader PASSWORD DISABLE",
    )
    return database


def test_a_role_gives_its_privileges_to_those_who_hold_it(shop):
    assert shop.error("SELECT * FROM sales", user="reader") == DENIED
    shop.run("GRANT ROLE readers TO reader")
    assert shop.rows("SELECT id FROM sales", user="reader") == [(1,)]
    assert shop.error("DELETE FROM sales", user="reader") == DENIED


def test_a_revoked_role_gives_nothing(shop):
    shop.run("GRANT ROLE readers TO reader", "REVOKE ROLE readers FROM reader")
    assert shop.error("SELECT * FROM sales", user="reader") == DENIED


def test_a_privilege_that_a_role_loses_is_lost_to_its_users(shop):
    shop.run("GRANT ROLE readers TO reader", "REVOKE SELECT ON sales FROM ROLE readers")
    assert shop.error("SELECT * FROM sales", user="reader") == DENIED


def test_roles_are_held_through_roles(shop):
    shop.run("CREATE ROLE staff", "GRANT ROLE readers TO ROLE staff", "GRANT ROLE staff TO reader")
    assert shop.rows("SELECT id FROM sales", user="reader") == [(1,)]


def test_no_role_is_granted_to_itself(shop):
    shop.run("CREATE ROLE staff", "GRANT ROLE readers TO ROLE staff")
    assert "would be granted to itself" in shop.error("GRANT ROLE staff TO ROLE readers")
    assert "would be granted to itself" in shop.error("GRANT ROLE staff TO ROLE staff")


def test_a_role_that_is_granted_is_dropped_by_force_alone(shop):
    shop.run("GRANT ROLE readers TO reader")
    assert "because it is granted" in shop.error("DROP ROLE readers")
    shop.run("DROP ROLE readers FORCE")
    assert shop.error("SELECT * FROM sales", user="reader") == DENIED
    shop.run("CREATE ROLE readers", "GRANT ROLE readers TO reader")
    assert shop.error("SELECT * FROM sales", user="reader") == DENIED


def test_default_privileges_reach_roles(shop):
    shop.run(
        "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO ROLE readers",
        "GRANT ROLE readers TO reader",
    )
    shop.run("CREATE TABLE later (id INT)")
    assert shop.rows("SELECT * FROM later", user="reader") == []


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("CREATE ROLE readers", 'role or user "readers" already exists'),
        ("CREATE ROLE reader", 'role or user "reader" already exists'),
        ("GRANT ROLE writers TO reader", 'role "writers" does not exist'),
        ("GRANT ROLE readers TO unknown", 'user "unknown" does not exist'),
        ("GRANT SELECT ON sales TO ROLE writers", 'role "writers" does not exist'),
        ("GRANT ROLE readers TO reader WITH ADMIN OPTION", "WITH ADMIN OPTION"),
        ("CREATE ROLE staff EXTERNALID 'abc'", "EXTERNALID of a role"),
    ],
)
def test_what_cannot_be_is_refused_by_name(shop, sql, said):
    assert said in shop.error(sql)


@pytest.mark.parametrize(
    "sql", ["CREATE ROLE mine", "DROP ROLE readers", "GRANT ROLE readers TO reader"]
)
def test_roles_are_for_superusers(shop, sql):
    assert shop.error(sql, user="reader").startswith("ERROR: permission denied to")


def test_a_user_who_holds_a_role_can_be_dropped(shop):
    shop.run("GRANT ROLE readers TO reader", "DROP USER reader")
    shop.run("CREATE USER reader PASSWORD DISABLE")
    assert shop.error("SELECT * FROM sales", user="reader") == DENIED
