"""The tables after all migrations, read from their SQL without a database."""

from __future__ import annotations

import pytest

from tests.migrated import migrated_warehouse
from warehouse.schema import Migration, MigrationError, read_migrations
from warehouse.tables import tables_after

TABLE = "CREATE TABLE t (a INT DISTKEY SORTKEY, b VARCHAR(9) ENCODE lzo, PRIMARY KEY (a))"


def columns(*statements):
    found = tables_after([Migration(1, "0001_t.sql", "", (TABLE, *statements))])
    return {".".join(table): names for table, names in found.columns.items()}


def test_they_are_those_of_the_database(tmp_path):
    sql = (
        "SELECT table_schema || '.' || table_name, column_name FROM svv_columns "
        "WHERE table_schema IN ('public', 'bank') "
        "ORDER BY table_schema, table_name, ordinal_position"
    )
    with migrated_warehouse(tmp_path) as database:
        found = {}
        for table, column in database.rows(sql):
            found.setdefault(table, []).append(column)
    derived = tables_after(read_migrations()).columns
    assert {".".join(table): list(names) for table, names in derived.items()} == found


@pytest.mark.parametrize(
    ("statement", "after"),
    [
        ("GRANT SELECT ON t TO ROLE r", {"public.t": ("a", "b")}),
        ("ALTER TABLE t ADD COLUMN c INT", {"public.t": ("a", "b", "c")}),
        ("ALTER TABLE public.t DROP COLUMN a", {"public.t": ("b",)}),
        ("ALTER TABLE t RENAME COLUMN a TO c", {"public.t": ("c", "b")}),
        ("ALTER TABLE t RENAME TO u", {"public.u": ("a", "b")}),
        ("ALTER TABLE t ALTER SORTKEY (a)", {"public.t": ("a", "b")}),
        ("DROP TABLE IF EXISTS t", {}),
        ("create view s.v as select b as x from t", {"public.t": ("a", "b"), "s.v": ("x",)}),
        ("CREATE VIEW v (x) AS SELECT a FROM t", {"public.t": ("a", "b"), "public.v": ("x",)}),
        ("CREATE TABLE u AS SELECT b FROM t", {"public.t": ("a", "b"), "public.u": ("b",)}),
    ],
)
def test_a_statement_changes_the_columns(statement, after):
    assert columns(statement) == after


@pytest.mark.parametrize("statement", ["CREATE TABLE u (LIKE t)", "CREATE TABLE u (a"])
def test_a_form_that_cannot_be_read_is_rejected_with_its_migration(statement):
    with pytest.raises(MigrationError, match=r"0001_t.sql: the columns of its tables cannot be"):
        columns(statement)
