"""A pipeline from a query or a table: types from files, and a folder that works at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline_code.scaffold.command import run
from tests.unit.scaffold.options import options
from warehouse.described.statistics import ColumnStatistics, TableStatistics, save_statistics

MIGRATION = """\
CREATE SCHEMA shop;
CREATE TABLE shop.customers (id INTEGER NOT NULL, born DATE, city VARCHAR(20), mail VARCHAR(99));
CREATE TABLE shop.orders (customer INTEGER NOT NULL, at TIMESTAMPTZ, paid NUMERIC(8,2));
"""
QUERY = """\
-- one row per customer
SELECT c.id, c.born, c.city,
       COUNT(*) AS orders,
       SUM(o.paid) > 100 AS good
FROM shop.customers c
LEFT JOIN shop.orders o ON o.customer = c.id
GROUP BY 1, 2, 3;
"""


@pytest.fixture(scope="session")
def shop(project):
    folder = project.root / "warehouse"
    (folder / "migrations" / "0900_shop.sql").unlink(missing_ok=True)
    described = folder / "existing" / "shop"
    described.mkdir(parents=True)
    (described / "tables.sql").write_text(MIGRATION.partition("\n")[2])
    (described / "personal_columns.toml").write_text('"shop.customers" = ["mail"]\n')
    columns = {
        "id": ColumnStatistics(missing=0.0, distinct=900),
        "born": ColumnStatistics(missing=0.1, distinct=300, least=1950.0, most=1990.0),
        "city": ColumnStatistics(missing=0.0, distinct=2),
        "mail": ColumnStatistics(missing=0.0),
    }
    table = TableStatistics(rows=900, grants=[], columns=columns)
    save_statistics({"shop.customers": table}, described)
    (project.root / "query.sql").write_text(QUERY)
    return project


def created(project, *arguments):
    done = project.run("pipeline_code", "new", *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.slow
def test_a_query_gives_a_folder_that_works_at_once(shop):
    printed = created(shop, "loyal", "--from-query", "query.sql", "--warehouse", "shop")
    for line in (
        "types: id integer, born date, city text, orders integer, good boolean",
        "target: good (the last column that can be one; --target chooses another)",
        "kind: binary (it has 2 different values of type boolean)",
    ):
        assert line in printed
    folder = shop.root / "pipeline_code" / "loyal"
    query = (folder / "query.sql").read_text()
    assert query.startswith("SELECT good,\n       id,") or query.startswith(
        "SELECT good,\n       born"
    )
    assert query.endswith(") AS source\nWHERE good IS NOT NULL\n")
    assert not (folder / "sample_data" / "load.sql").exists()
    assert not list((shop.root / "warehouse" / "migrations").glob("*loyal*"))
    features = (folder / "features.py").read_text()
    assert 'Column("born", DATE, nullable=True)' in features
    assert 'Column("orders", INTEGER)' in features
    done = shop.run("pytest", "tests/pipelines/loyal", "-q")
    assert done.returncode == 0, done.stdout
    folders = ["pipeline_code/loyal", "tests/pipelines/loyal"]
    for command in (["ruff", "check"], ["ruff", "format", "--check"], ["mypy", folders[0]]):
        done = shop.run(*command, *(folders if command[0] == "ruff" else []))
        assert done.returncode == 0, done.stdout


def test_a_table_gives_its_columns_without_personal_data(shop, capsys):
    given = {"from_table": "shop.customers", "warehouse": "shop"}
    parsed = options(name="ages", **given, target=["id"], kind="regression")
    assert run(parsed, root=shop.root) == 0
    printed = capsys.readouterr().out
    assert "mail" not in printed
    query = (shop.root / "pipeline_code" / "ages" / "query.sql").read_text()
    assert query == "SELECT id,\n       born,\n       city\nFROM shop.customers\n"
    statistics = json.loads(
        (shop.root / "pipeline_code/ages/sample_data/statistics.json").read_text()
    )
    assert [each["name"] for each in statistics["columns"]] == ["id", "born", "city"]


@pytest.mark.parametrize(
    ("query", "error"),
    [
        (
            "SELECT id,\n  nothing FROM shop.customers",
            "q.sql, line 2: the query reads the column 'nothing', which its tables do not have: "
            "allowed are born, city, id, mail; correct the name",
        ),
        ("SELECT id FROM\nshop.custom", "q.sql, line 2: the query reads shop.custom"),
        ("SELECT id FRO shop.customers", "q.sql, line 1: the query is not valid SQL"),
        ("DELETE FROM shop.customers", "q.sql: the text is not a query"),
        ("SELECT id, mail FROM shop.customers", "reads personal data, mail of shop.customers"),
        ("SELECT id, unknown_function(city) AS x FROM shop.customers", "CAST(… AS BIGINT) AS x"),
        ('SELECT id, born AS "Born Day" FROM shop.customers', "is named 'born day'"),
        ("SELECT city AS target, id, born FROM shop.customers", "(target = 'yes') AS target"),
    ],
)
def test_a_query_that_cannot_be_used_is_refused(shop, capsys, query, error):
    (shop.root / "q.sql").write_text(query)
    parsed = options(name="never", from_query=shop.root / "q.sql", warehouse="shop")
    assert run(parsed, root=shop.root) == 2
    assert error in capsys.readouterr().err
    assert not (shop.root / "pipeline_code" / "never").exists()


def test_a_query_in_another_encoding_is_refused(shop, capsys):
    (shop.root / "q.sql").write_bytes("SELECT id -- Größe\nFROM shop.customers".encode("latin-1"))
    parsed = options(name="never", from_query=shop.root / "q.sql", warehouse="shop")
    assert run(parsed, root=shop.root) == 2
    assert "q.sql is not text in UTF-8" in capsys.readouterr().err


def test_a_table_of_personal_data_only_is_refused(shop, capsys):
    (shop.root / "warehouse/existing/people").mkdir()
    folder = shop.root / "warehouse/existing/people"
    (folder / "tables.sql").write_text("CREATE TABLE people (mail VARCHAR(9));")
    (folder / "personal_columns.toml").write_text('"public.people" = ["mail"]\n')
    parsed = options(name="never", from_table="people", warehouse="people")
    assert run(parsed, root=shop.root) == 2
    assert "the table 'people' has only columns with personal data" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"from_table": "shop.custom", "warehouse": "shop"}, "has shop.customers, shop.orders"),
        ({"from_table": "shop.orders", "warehouse": "none"}, "`redline schema` writes it"),
        ({"warehouse": "shop"}, "--warehouse needs --from-query FILE or --from-table"),
        ({"from_query": Path("nothing.sql")}, "nothing.sql is not a file"),
    ],
)
def test_wrong_options_are_refused(shop, capsys, given, error):
    assert run(options(name="never", **given), root=shop.root) == 2
    assert error in capsys.readouterr().err
