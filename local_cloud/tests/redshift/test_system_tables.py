"""System tables and views, SHOW and the configuration parameters."""

from __future__ import annotations

import pytest

TABLE = (
    "CREATE TABLE t (id INT NOT NULL, name VARCHAR(5), code CHAR(3) ENCODE zstd, "
    "price DECIMAL(8,2)) DISTKEY(id) SORTKEY(name, id)"
)
VIEW = "CREATE VIEW v AS SELECT name FROM t WHERE id > 1"


@pytest.fixture
def filled(database):
    database.run(TABLE, VIEW, "INSERT INTO t VALUES (1, 'a', 'b', 1.5), (2, 'c', 'd', 2)")
    return database


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        (
            "SELECT column_name, data_type, is_nullable, character_maximum_length, "
            "numeric_precision, numeric_scale FROM svv_columns WHERE table_name = 't'",
            [
                ("id", "integer", "NO", None, 32, 0),
                ("name", "character varying", "YES", 5, None, None),
                ("code", "character", "YES", 3, None, None),
                ("price", "numeric", "YES", None, 8, 2),
            ],
        ),
        (
            'SELECT "column", type, trim(encoding), distkey, sortkey, "notnull" '
            "FROM pg_table_def WHERE tablename = 't'",
            [
                ("id", "integer", "none", True, 2, True),
                ("name", "character varying(5)", "none", False, 1, False),
                ("code", "character(3)", "zstd", False, 0, False),
                ("price", "numeric(8,2)", "az64", False, 0, False),
            ],
        ),
        (
            "SELECT schemaname, tablename, tableowner FROM pg_tables",
            [("public", "t", "admin")],
        ),
        (
            "SELECT viewname, definition FROM pg_views",
            [("v", "SELECT name FROM t WHERE id > 1;")],
        ),
        (
            "SELECT c.relname, n.nspname, c.relkind, c.relnatts FROM pg_class c "
            "JOIN pg_namespace n ON n.oid = c.relnamespace ORDER BY 1",
            [("t", "public", "r", 4), ("v", "public", "v", 1)],
        ),
        (
            "SELECT a.attname, a.attnum FROM pg_attribute a JOIN pg_class c "
            "ON c.oid = a.attrelid WHERE c.relname = 'v'",
            [("name", 1)],
        ),
        (
            "SELECT database_name, table_name, table_type FROM svv_all_tables ORDER BY 2",
            [("redline", "t", "TABLE"), ("redline", "v", "VIEW")],
        ),
        ("SELECT table_name, table_type FROM svv_tables WHERE table_name = 'v'", [("v", "VIEW")]),
        ("SELECT table_name FROM svv_redshift_tables WHERE table_type = 'VIEW'", [("v",)]),
        ("SELECT encoding FROM svv_redshift_columns WHERE column_name = 'code'", [("zstd",)]),
        ("SELECT schema_name, schema_type FROM svv_all_schemas", [("public", "local")]),
        ("SELECT count(*) FROM svv_all_columns WHERE table_name = 't'", [(4,)]),
        ("SELECT count(*) FROM information_schema.columns", [(5,)]),
        (
            "SELECT table_type FROM information_schema.tables WHERE table_name = 't'",
            [("BASE TABLE",)],
        ),
        ("SELECT datname FROM pg_catalog.pg_database", [("redline",)]),
        (
            'SELECT "schema", "table", diststyle, sortkey1, sortkey_num, tbl_rows '
            "FROM svv_table_info",
            [("public", "t", "KEY(id)", "name", 2, "2")],
        ),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "rows",
)
def test_a_system_table_describes_the_database(filled, sql, rows):
    assert filled.rows(sql) == rows


def test_a_table_of_the_user_hides_a_system_table(database):
    database.run("CREATE TABLE pg_tables (a INT)")
    assert database.rows("SELECT * FROM pg_tables") == []
    assert database.rows("SELECT tablename FROM pg_catalog.pg_tables") == [("pg_tables",)]


def test_an_empty_table_is_not_in_svv_table_info(database):
    database.run(TABLE)
    assert database.rows("SELECT * FROM svv_table_info") == []


def test_a_view_of_a_system_table_is_rejected(database):
    assert "cannot use the system table" in database.error("CREATE VIEW v AS SELECT * FROM pg_user")


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("SHOW DATABASES", [("redline", 100)]),
        ("SHOW SCHEMAS FROM DATABASE redline", [("redline", "public")]),
        ("SHOW TABLES FROM SCHEMA redline.public", [("redline", "public"), ("redline", "public")]),
        ("SHOW TABLES FROM SCHEMA public LIKE 't%'", [("redline", "public")]),
        ("SHOW COLUMNS FROM TABLE redline.public.t LIMIT 1", [("redline", "public")]),
        ("SHOW TABLES FROM SCHEMA elsewhere.public", []),
    ],
)
def test_show(filled, sql, rows):
    assert [row[:2] for row in filled.rows(sql)] == rows


def test_show_tables_has_the_documented_columns(filled):
    columns = filled.run("SHOW TABLES FROM SCHEMA redline.public").result.columns
    assert [column.name for column in columns] == [
        *("database_name", "schema_name", "table_name", "table_type", "table_acl", "remarks"),
        *("owner", "last_altered_time", "last_modified_time", "dist_style", "table_subtype"),
    ]
    assert "syntax error" in filled.error("SHOW TABLES")


def test_parameters_are_set_shown_and_reset(database):
    def value(*before):
        return database.run(*before, "SHOW query_group").result.rows.to_pylist()

    assert value() == [{"query_group": "unset"}]
    assert value("SET query_group TO 'load'") == [{"query_group": "load"}]
    assert value("SET query_group TO 'load'", "RESET query_group") == [{"query_group": "unset"}]
    assert ("search_path", "$user, public") in database.rows("SHOW ALL")
    assert database.rows("SELECT current_setting('timezone')") == [("UTC",)]
    assert "unrecognized configuration parameter" in database.error("SHOW nothing")


def test_the_search_path_skips_schemas_that_do_not_exist(database):
    database.run("CREATE SCHEMA etl", "CREATE TABLE etl.t AS SELECT 1 AS a")
    path = "SET search_path TO nowhere, etl, public"
    assert database.run(path, "SELECT a FROM t").rows == 1
    shown = database.run(path, "SELECT current_schema()").result.rows.to_pylist()
    assert shown == [{"current_schema": "etl"}]
    assert "no schema has been selected" in database.error(
        "SET search_path TO nowhere", "CREATE TABLE x (a INT)"
    )


def test_statements_are_recorded_with_how_they_ended(database):
    database.run("CREATE TABLE t (a INT)", "INSERT INTO t VALUES (1), (2)")
    database.error("SELECT nope FROM t")

    history = (
        "SELECT trim(query_type), trim(status), returned_rows, trim(query_text) "
        "FROM sys_query_history ORDER BY query_id"
    )
    assert database.rows(history)[:3] == [
        ("DDL", "success", 0, "CREATE TABLE t (a INT)"),
        ("INSERT", "success", 2, "INSERT INTO t VALUES (1), (2)"),
        ("SELECT", "failed", 0, "SELECT nope FROM t"),
    ]
    assert database.rows(
        "SELECT trim(querytxt), aborted FROM stl_query WHERE querytxt LIKE 'SELECT nope%'"
    ) == [("SELECT nope FROM t", 1)]


def test_a_user_sees_the_statements_of_others_only_as_superuser(database):
    database.run("CREATE USER reader PASSWORD DISABLE")
    database.rows("SELECT 1", user="reader")

    mine = "SELECT trim(querytxt) FROM stl_query WHERE querytxt NOT LIKE '%stl_query%'"
    assert database.rows(mine, user="reader") == [("SELECT 1",)]
    assert ("SELECT 1",) in database.rows(mine)


def test_has_table_privilege_follows_grants(database):
    database.run("CREATE USER reader PASSWORD DISABLE", "CREATE TABLE t (a INT)")
    held = "SELECT has_table_privilege('reader', 'public.t', 'select')"
    assert database.rows(held) == [(False,)]
    database.run("GRANT SELECT ON t TO reader")
    assert database.rows(held) == [(True,)]
