"""Reading migrations, and the tables that they create."""

import re

import pytest

from warehouse.schema import MigrationError, fingerprint, read_migrations

TABLES = ("users", "venue", "category", "date", "event", "listing", "sales")
# Table -> number of columns, distribution key, sort key.
SHAPES = {
    "users": (18, "userid", "userid"),
    "venue": (5, "venueid", "venueid"),
    "category": (4, "catid", "catid"),
    "date": (8, "dateid", "dateid"),
    "event": (6, "eventid", "dateid"),
    "listing": (8, "listid", "dateid"),
    "sales": (10, "listid", "dateid"),
}


def columns(statement):
    inside = statement[statement.index("(") + 1 : statement.rindex(")")]
    return [line.strip().rstrip(",") for line in inside.strip().splitlines()]


def test_the_first_migration_creates_the_seven_tables():
    first = read_migrations()[0]
    tables = [re.match(r"CREATE TABLE (\w+)", each)[1] for each in first.statements]
    assert tuple(tables) == TABLES


@pytest.mark.parametrize("table", TABLES)
def test_tables_have_their_columns_and_keys(table):
    statement = read_migrations()[0].statements[TABLES.index(table)]
    count, distribution, sort = SHAPES[table]
    found = columns(statement)
    assert len(found) == count
    assert [each.split()[0] for each in found if "DISTKEY" in each] == [distribution]
    assert [each.split()[0] for each in found if "SORTKEY" in each] == [sort]


def test_versions_start_at_one_without_gaps():
    versions = [each.version for each in read_migrations()]
    assert versions == list(range(1, len(versions) + 1))


def test_an_edit_changes_checksum_and_fingerprint(tmp_path):
    (tmp_path / "0001_one.sql").write_text("SELECT 1;")
    before = read_migrations(tmp_path)
    (tmp_path / "0001_one.sql").write_text("SELECT 1 ;")
    after = read_migrations(tmp_path)
    assert before[0].checksum != after[0].checksum
    assert fingerprint(before) != fingerprint(after)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (
            {"one.sql": "SELECT 1;"},
            r"one.sql is not a valid migration name \(expected NNNN_words.sql\)",
        ),
        ({"0002_two.sql": "SELECT 1;"}, r"0002_two.sql has the wrong number \(expected 0001\)"),
        (
            {"0001_a.sql": "SELECT 1;", "0001_b.sql": "SELECT 1;"},
            "0001_b.sql has the wrong number .*0002",
        ),
        ({"0001_a.sql": "SELECT 'a;"}, "0001_a.sql, line 1: ' is not closed"),
        ({"0001_a.sql": "-- empty"}, "0001_a.sql has 0 statements, expected 1 to 39"),
        ({"0001_a.sql": "SELECT 1;" * 40}, "0001_a.sql has 40 statements, expected 1 to 39"),
    ],
)
def test_an_invalid_migration_file_is_refused(files, message, tmp_path):
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(MigrationError, match=message):
        read_migrations(tmp_path)
