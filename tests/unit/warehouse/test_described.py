"""The description of an existing warehouse: read, written, and filled with generated rows."""

from __future__ import annotations

import json

import pytest

from tests.migrated import warehouse_database
from warehouse.described.description import describe
from warehouse.described.reading import DescriptionError, create_statement, read_statistics
from warehouse.described.statistics import StatisticsError, load_statistics, wide_range
from warehouse.existing_tables import read_existing_tables, read_statements
from warehouse.query_types import ColumnType
from warehouse.tables import tables_after

SECRET, PERSON = "Jane Roe", "jane@example.com"
TABLES = """\
CREATE SCHEMA shop;
CREATE TABLE shop.customers (id INTEGER NOT NULL, name VARCHAR(40), "group" CHAR(1), born DATE,
 income NUMERIC(9,2), visits SMALLINT, active BOOLEAN, seen TIMESTAMPTZ, mail VARCHAR(60));
CREATE TABLE shop.orders (id BIGINT NOT NULL, customer INTEGER NOT NULL);
CREATE ROLE analysts; CREATE USER jane PASSWORD DISABLE;
GRANT SELECT ON TABLE shop.orders TO ROLE analysts; GRANT SELECT ON TABLE shop.orders TO jane;
GRANT SELECT (id) ON TABLE shop.orders TO PUBLIC
"""
NUMBERS = "(SELECT ROW_NUMBER() OVER () AS n FROM svv_columns a CROSS JOIN svv_columns b LIMIT 120)"


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    with warehouse_database(tmp_path_factory.mktemp("shop")) as database:
        database.run(*[each.strip() for each in TABLES.split(";")])
        database.run(
            'INSERT INTO shop.customers (id, name, "group", born, income, visits, active, mail) '
            f"SELECT n, '{SECRET} ' || n, CASE WHEN n < 60 THEN 'a' ELSE 'b' END, "
            "DATEADD(day, CAST(n AS INTEGER) * 97, DATE '1951-03-04'), 1234.56 + n * 7.31, "
            "CASE WHEN MOD(n, 4) > 0 THEN MOD(n, 7) END, n > 9, "
            f"'{PERSON}' FROM {NUMBERS} x"
        )
        yield database


@pytest.fixture
def folder(shop, tmp_path):
    (tmp_path / "personal_columns.toml").write_text('"shop.customers" = ["name", "income"]\n')
    describe(shop.rows, tmp_path, ["shop.*"], source="shop-prod")
    return tmp_path


def test_the_tables_are_those_of_the_warehouse(folder):
    types = tables_after([read_statements(folder)]).types
    assert {name: each.sql for name, each in types["shop", "customers"].items()} == {
        **{"id": "INTEGER", "name": "VARCHAR(40)", "group": "CHAR(1)", "born": "DATE"},
        **{"income": "DECIMAL(9, 2)", "visits": "SMALLINT", "active": "BOOLEAN"},
        **{"seen": "TIMESTAMP WITH TIME ZONE", "mail": "VARCHAR(60)"},
    }
    assert [n for n, each in types["shop", "customers"].items() if each.required] == ["id"]


def test_statistics_have_no_value_of_a_row(folder):
    text = (folder / "statistics.json").read_text()
    for value in (SECRET, PERSON, "1234", "1951-03", "jane", "2111"):
        assert value not in text
    customers = load_statistics(folder)["shop.customers"]
    assert customers.rows == 120
    columns = customers.columns
    assert columns["visits"].missing == 0.25
    assert (columns["visits"].least, columns["visits"].most) == (None, None), "90 values"
    assert (columns["born"].least, columns["born"].most) == (1950, 1990)
    assert (columns["group"].distinct, columns["seen"].missing) == (2, 1.0)
    personal = json.loads(text)["shop.customers"]["columns"]["income"]
    assert personal == {"missing": 0.0, "distinct": None, "least": None, "most": None}


def test_grants_name_roles_and_count_users(folder):
    grants = load_statistics(folder)["shop.orders"].grants
    assert grants == ["SELECT (id) to public", "SELECT to 1 user", "SELECT to role analysts"]


def test_the_files_are_the_same_each_time(shop, folder):
    before = [path.read_bytes() for path in sorted(folder.iterdir())]
    describe(shop.rows, folder, [], source="shop-prod")
    assert [path.read_bytes() for path in sorted(folder.iterdir())] == before


def test_after_an_error_the_files_are_those_of_before(shop, folder):
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    def run(sql):
        if "COUNT(*)" in sql:
            raise DescriptionError("cancelled")
        return shop.rows(sql)

    with pytest.raises(DescriptionError, match="cancelled"):
        describe(run, folder, ["shop.*"], source="shop-prod")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_tables_with_unusual_names_are_described(tmp_path):
    name = 'it\'s \\ "here"'
    with warehouse_database(tmp_path) as database:
        quoted = name.replace('"', '""')
        database.run("CREATE SCHEMA shop", f'CREATE TABLE shop."{quoted}" (id INTEGER)')
        (tmp_path / "personal_columns.toml").touch()
        describe(database.rows, tmp_path, ["shop.*"], source="shop-prod")
    assert list(load_statistics(tmp_path)) == [f"shop.{name}"]


def test_without_a_list_of_personal_data_nothing_is_measured(shop, tmp_path):
    found = describe(shop.rows, tmp_path / "new", ["shop.orders"], source="shop-prod")
    assert [path.name for path in found.files] == ["tables.sql"]
    assert "personal_columns.toml (an empty file if no column has them)" in found.remarks[0]


@pytest.mark.parametrize(
    ("wanted", "error"),
    [
        (["orders"], "the table is 'orders': allowed is schema.table, or schema.*"),
        (["shop.nothing"], "has no table shop.nothing, or the user may not see it"),
        ([], "no table is named, and .*tables.sql does not exist"),
    ],
)
def test_a_table_that_cannot_be_described_is_named(shop, tmp_path, wanted, error):
    with pytest.raises(DescriptionError, match=error):
        describe(shop.rows, tmp_path, wanted, source="shop-prod")


def test_damaged_statistics_are_refused(folder):
    (folder / "statistics.json").write_text('{"shop.orders": {"rows": 1}}')
    with pytest.raises(StatisticsError, match="is not a file of `redline schema`"):
        load_statistics(folder)


@pytest.mark.parametrize(
    ("ends", "wide"),
    [((3, 87.5), (0, 90)), ((0, 1_234), (0, 2_000)), ((-3.2, 0.4), (-4, 1)), ((7, 7), (0, 10))],
)
def test_a_range_contains_all_values_and_has_rounded_ends(ends, wide):
    assert wide_range(*ends) == wide


def test_generated_rows_have_the_types_and_the_statistics(folder, tmp_path_factory):
    described = read_existing_tables(folder)
    with warehouse_database(tmp_path_factory.mktemp("copy")) as copy:
        copy.run(*described.statements, *described.rows, *described.rows)
        ((rows, keys, groups, missing, first, last, empty),) = copy.rows(
            'SELECT COUNT(*), COUNT(DISTINCT id), COUNT(DISTINCT "group"), '
            "AVG(CASE WHEN visits IS NULL THEN 1.0 ELSE 0 END), MIN(EXTRACT(year FROM born)), "
            "MAX(EXTRACT(year FROM born)), COUNT(seen) FROM shop.customers"
        )
    assert (rows, keys, empty) == (120, 120, 0)
    assert 1950 <= first < last <= 1990
    assert 0.15 < float(missing) < 0.35
    assert groups <= 2


def test_names_that_need_quotes_have_them():
    assert create_statement(("shop", "Order"), {}).startswith('CREATE TABLE shop."Order" (')


@pytest.mark.parametrize(("kind", "shown"), [("super", "SUPER"), ('"char"', '"CHAR"')])
def test_a_column_that_pipelines_cannot_read_is_left_out(tmp_path, kind, shown):
    columns = [
        ("t", "id", "integer", None, 32, 0, "NO"),
        ("t", "more", kind, *[None] * 3, "YES"),
    ]
    found = describe(lambda _sql: columns, tmp_path, ["shop.t"], source="shop-prod")
    assert "more" not in (tmp_path / "tables.sql").read_text()
    assert f"Left out: shop.t.more has the type {shown}" in found.remarks[0]


@pytest.mark.parametrize("most", ["NaN", float("inf")])
def test_numbers_that_are_not_finite_have_no_range(most):
    columns = {"price": ColumnType("DOUBLE PRECISION")}

    def run(sql):
        return [[200, 200, 200, 1.5, most]] if "COUNT(*)" in sql else []

    found = read_statistics(run, ("shop", "orders"), columns, personal=())
    assert (found.columns["price"].least, found.columns["price"].most) == (None, None)
    assert found.columns["price"].distinct == 200
