"""Tables, views, schemas and changes of rows; rejected statements and their errors."""

from __future__ import annotations

import pytest

TABLE = "CREATE TABLE t (id INT NOT NULL, name VARCHAR(5), code CHAR(3), price DECIMAL(8,2))"


def test_storage_attributes_are_read_and_change_nothing(database):
    database.run(
        "CREATE TABLE IF NOT EXISTS public.t (id INTEGER NOT NULL DISTKEY SORTKEY, "
        "at TIMESTAMP DEFAULT SYSDATE ENCODE az64, kind CHAR(64) NOT NULL ENCODE zstd, "
        "PRIMARY KEY (id)) BACKUP NO DISTSTYLE KEY COMPOUND SORTKEY (id, at)"
    )
    database.run("INSERT INTO t (id, kind) VALUES (1, 'a')")

    assert database.rows("SELECT id, at IS NULL, kind FROM t") == [(1, False, "a".ljust(64))]
    database.run("CREATE TABLE IF NOT EXISTS t (other INT)")
    assert database.error("CREATE TABLE t (id INT)") == 'ERROR: Relation "t" already exists'


@pytest.mark.parametrize(
    "attributes",
    ["DISTSTYLE EVEN SORTKEY AUTO", "DISTKEY (a) SORTKEY (a, b)", "INTERLEAVED SORTKEY (a)", ""],
)
def test_table_attributes(database, attributes):
    database.run(f"CREATE TABLE t (a INT, b INT) {attributes}")

    assert database.rows("SELECT * FROM t") == []


def test_an_identity_column_numbers_rows(database):
    database.run("CREATE TABLE t (id BIGINT IDENTITY(0, 2), name VARCHAR(5))")
    database.run("INSERT INTO t VALUES ('a'), ('b')", "INSERT INTO t (name) VALUES ('c')")

    assert database.rows("SELECT id, name FROM t ORDER BY id") == [(0, "a"), (2, "b"), (4, "c")]
    assert "identity column" in database.error("INSERT INTO t (id, name) VALUES (1, 'd')")


def test_keys_are_recorded_and_only_not_null_is_enforced(database):
    database.run("CREATE TABLE t (id INT PRIMARY KEY, other INT UNIQUE)")
    database.run("INSERT INTO t VALUES (1, 1), (1, 1)")

    assert database.rows("SELECT count(*) FROM t") == [(2,)]
    assert (
        database.error("INSERT INTO t VALUES (NULL, 1)")
        == "ERROR: Cannot insert a NULL value into column id"
    )


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("INSERT INTO t (id, name) VALUES (1, 'toolong')", "character varying(5)"),
        ("INSERT INTO t (id, code) SELECT 1, 'long'", "character(3)"),
        ("UPDATE t SET name = name || 'longer'", "character varying(5)"),
    ],
)
def test_a_value_too_long_for_its_column_is_refused(database, sql, said):
    database.run(TABLE, "INSERT INTO t VALUES (1, 'a', 'b', 1.5)")

    assert database.error(sql) == f"ERROR: value too long for type {said}"
    assert database.rows("SELECT * FROM t") == [(1, "a", "b  ", "1.50")]


def test_the_width_of_a_varchar_is_in_bytes(database):
    database.run(TABLE)

    assert "too long" in database.error("INSERT INTO t (id, name) VALUES (1, 'ééé')")


def test_blanks_at_the_end_of_a_char_do_not_count(database):
    database.run(TABLE, "INSERT INTO t (id, code) VALUES (1, 'b      ')")

    assert database.rows("SELECT code, len(code), code = 'b  ' FROM t") == [("b  ", 1, True)]
    assert database.rows("SELECT id FROM t WHERE code = 'b '") == [(1,)]


def test_rows_are_changed_and_deleted(database):
    database.run(TABLE, "INSERT INTO t (id, name) VALUES (1, 'a'), (2, 'b'), (3, NULL)")
    database.run("CREATE TABLE u (id INT, name VARCHAR(5))", "INSERT INTO u VALUES (1, 'new')")

    assert database.run("UPDATE t SET name = u.name FROM u WHERE t.id = u.id").rows == 1
    assert database.run("DELETE FROM t USING u WHERE t.id = u.id + 1").rows == 1
    assert database.rows("SELECT id, name FROM t ORDER BY id") == [(1, "new"), (3, None)]


def test_tables_made_from_queries(database):
    database.run(TABLE, "INSERT INTO t VALUES (1, 'a', 'b', 1.5)")
    database.run("CREATE TABLE u (n, total) AS SELECT name, sum(id) FROM t GROUP BY name")
    database.run("SELECT * INTO w FROM t", "CREATE TABLE x (LIKE t)")
    database.run("CREATE VIEW v (c) AS SELECT code FROM t WITH NO SCHEMA BINDING")

    assert database.types("SELECT * FROM u") == [("n", "character varying(5)"), ("total", "bigint")]
    assert database.types("SELECT * FROM w") == database.types("SELECT * FROM x")
    assert database.rows("SELECT * FROM v") == [("b  ",)]
    assert database.error("DROP TABLE v") == 'ERROR: "v" is not a table'


def test_a_temporary_table_ends_with_its_session(database):
    rows = database.run(
        "CREATE TEMP TABLE mine (a INT)", "INSERT INTO mine VALUES (1)", "SELECT a FROM mine"
    ).rows

    assert rows == 1
    assert database.error("SELECT * FROM mine") == 'ERROR: relation "mine" does not exist'


def test_columns_are_added_renamed_widened_and_dropped(database):
    database.run(TABLE, "INSERT INTO t (id, name) VALUES (1, 'a')")
    database.run(
        "ALTER TABLE t ADD COLUMN kind VARCHAR(3) DEFAULT 'x' NOT NULL",
        "ALTER TABLE t RENAME COLUMN name TO title",
        "ALTER TABLE t ALTER COLUMN title TYPE VARCHAR(20)",
        "ALTER TABLE t DROP COLUMN price",
        "ALTER TABLE t ALTER SORTKEY (id)",
        "ALTER TABLE t RENAME TO u",
    )
    database.run("UPDATE u SET title = 'long enough'")

    assert database.rows("SELECT * FROM u") == [(1, "long enough", None, "x")]
    assert database.error("UPDATE u SET kind = 'long'").endswith("character varying(3)")


def test_schemas(database):
    database.run("CREATE SCHEMA IF NOT EXISTS etl", "CREATE TABLE etl.t AS SELECT 1 AS a")
    rows = database.run("SET search_path TO etl, public", "SELECT a FROM t").rows

    assert rows == 1
    assert database.error("SELECT * FROM t") == 'ERROR: relation "t" does not exist'
    assert database.error("SELECT * FROM nowhere.t") == 'ERROR: schema "nowhere" does not exist'
    database.run("DROP SCHEMA etl CASCADE")
    assert database.error("SELECT * FROM etl.t") == 'ERROR: schema "etl" does not exist'


def test_a_transaction_takes_effect_whole_or_not_at_all(database):
    said = database.error(TABLE, "CREATE USER reader PASSWORD DISABLE", "SELECT * FROM nothing")

    assert said == 'ERROR: relation "nothing" does not exist'
    assert database.error("SELECT * FROM t") == 'ERROR: relation "t" does not exist'
    assert database.rows("SELECT usename FROM pg_user") == [("admin",)]


def test_truncate_commits_the_transaction_that_it_is_in(database):
    database.run(TABLE, "INSERT INTO t (id) VALUES (1)")
    database.error("TRUNCATE t", "SELECT * FROM nothing")

    assert database.rows("SELECT * FROM t") == []


def test_groups_and_load_errors_are_listed(database):
    database.run("CREATE GROUP readers", "CREATE USER r PASSWORD DISABLE IN GROUP readers")

    assert database.rows("SELECT groname, grolist FROM pg_group") == [("readers", "{101}")]
    assert database.rows("SELECT * FROM stl_load_errors") == []


def test_maintenance_has_no_effect(database):
    database.run(TABLE, "ANALYZE t", "ANALYZE", "SET query_group TO 'x'", "BEGIN", "COMMIT")
    database.run("VACUUM FULL t")

    assert database.rows("EXPLAIN SELECT * FROM t")


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELEC 1", 'ERROR: syntax error at or near "SELEC" Position: 1'),
        ("SELECT * FROM nope", 'ERROR: relation "nope" does not exist'),
        ("SELECT nope FROM t", 'ERROR: column "nope" does not exist'),
        ("SELECT t.nope FROM t", 'ERROR: column "nope" does not exist'),
        ("SELECT x.id FROM t", 'ERROR: missing FROM-clause entry for table "x"'),
        ("SELECT a.id FROM t a, t b WHERE id = 1", 'ERROR: column reference "id" is ambiguous'),
        (
            "SELECT id, count(*) FROM t",
            'ERROR: column "id" must appear in the GROUP BY clause or be used in an '
            "aggregate function",
        ),
        ("SELECT 1 / 0", "ERROR: division by zero"),
        ("SELECT 'x'::int", 'ERROR: invalid input syntax for integer: "x"'),
        ("SELECT 99999999999::int", "ERROR: integer out of range"),
        ("INSERT INTO t (nope) VALUES (1)", 'ERROR: column "nope" of relation "t" does not exist'),
        ("INSERT INTO t (id) VALUES (1, 2)", "ERROR: INSERT has more expressions than target"),
        ("SELECT 1; SELECT 2", "ERROR: cannot insert multiple commands into a prepared statement"),
        ("", "ERROR: the statement is empty"),
        ("SELECT :x", 'ERROR: syntax error at or near ":": no value for x'),
    ],
)
def test_errors_are_worded_as_on_redshift(database, sql, said):
    database.run(TABLE)

    assert database.error(sql).startswith(said)


@pytest.mark.parametrize(
    ("sql", "named"),
    [
        ("CREATE EXTERNAL TABLE s.t (a INT) LOCATION 's3://b/p'", "CREATE EXTERNAL"),
        ("CREATE MATERIALIZED VIEW m AS SELECT 1", "CREATE MATERIALIZED VIEW"),
        ("CALL p()", "CALL"),
        ("MERGE INTO t USING t s ON t.id = s.id WHEN MATCHED THEN DELETE", "MERGE"),
        ("SHOW GRANTS ON t", "SHOW GRANTS"),
        ("SET timezone TO 'UTC'", "SET timezone"),
        ("SELECT farmfingerprint64(name) FROM t", "function farmfingerprint64()"),
        ("CREATE TABLE x (a SUPER)", "data type SUPER"),
        ("GRANT UPDATE (id) ON t TO admin", "the privilege UPDATE on single columns"),
        ("CREATE USER u PASSWORD DISABLE VALID UNTIL '2030-01-01'", "the user option VALID"),
        ("ALTER TABLE t APPEND FROM u", "ALTER TABLE"),
        ("ANALYZE COMPRESSION t", "ANALYZE COMPRESSION"),
    ],
)
def test_what_is_not_carried_out_is_refused_by_name(database, sql, named):
    database.run(TABLE)

    said = database.error(sql)

    assert named in said
    assert said.endswith("is not supported by the laptop cloud's warehouse")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM duckdb_settings()",
        "SELECT getenv('HOME')",
        "SELECT content FROM read_text('/etc/passwd')",
    ],
)
def test_a_statement_cannot_reach_the_laptop(database, sql):
    database.error(sql)
