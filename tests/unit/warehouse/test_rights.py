"""The rights of pipelines in the warehouse, as the function `migrations` grants them."""

from __future__ import annotations

import json

import pytest

from local_cloud.redshift.access_control import Grant
from tests.migrated import migrated_warehouse
from warehouse.rights import (
    MOST_GRANTS,
    OwnSchema,
    Reader,
    Rights,
    RightsError,
    derived_rights,
    rights_document,
)
from warehouse.schema import Migration, read_migrations

TICKIT = (
    "SELECT e.catid, SUM(s.qtysold) FROM sales s JOIN event e ON s.eventid = e.eventid GROUP BY 1"
)
DENIED = "ERROR: permission denied for "
BANK = "SELECT age, y FROM bank.calls"


@pytest.fixture
def migrated(tmp_path):
    """A warehouse after all migrations."""
    with migrated_warehouse(tmp_path) as found:
        yield found


@pytest.fixture
def apply(migrated, tmp_path):
    """Derive the rights of pipelines, given as name=query, and apply them. Return the changes."""

    def run(*, migrations=None, **queries):
        migrations = migrations or read_migrations()
        readers = [reader(name, query, tmp_path) for name, query in queries.items()]
        document = rights_document(derived_rights(readers, migrations), migrations)
        migrated.transactions.clear()
        return migrated.apply_rights(document)

    return run


def reader(name, query, folder):
    return Reader(
        pipeline=name,
        user=f"reader_{name}",
        role=f"readers_{name}",
        queries={"Extract": query},
        folder=folder,
    )


@pytest.fixture
def both(apply, migrated):
    """The pipelines tickit and bank."""
    assert apply(tickit=TICKIT, bank=BANK) == ["readers_bank", "readers_tickit"]
    return migrated


@pytest.mark.parametrize(
    ("sql", "user", "error"),
    [
        (TICKIT, "reader_tickit", ""),
        (BANK, "reader_bank", ""),
        (BANK, "reader_tickit", DENIED + "schema bank"),
        ("SELECT email FROM users", "reader_tickit", DENIED + "relation users"),
        (
            "SELECT buyerid FROM sales",
            "reader_tickit",
            DENIED + "relation sales",
        ),
        ("SELECT * FROM sales", "reader_tickit", DENIED + "relation sales"),
        (
            "SELECT job FROM bank.calls",
            "reader_bank",
            DENIED + "relation calls",
        ),
        ("SELECT qtysold FROM sales", "reader_bank", DENIED + "relation sales"),
        ("DELETE FROM sales", "reader_tickit", DENIED + "relation sales"),
        ("CREATE TABLE t (a INT)", "reader_tickit", DENIED + "schema public"),
    ],
)
def test_a_pipeline_reads_the_columns_of_its_queries_and_nothing_else(both, sql, user, error):
    assert both.error(sql, user) == error


def test_the_users_of_pipelines_have_no_password(both):
    user = both.access.user("reader_tickit")
    assert (user.password, user.superuser) == (None, False)
    assert both.access.held_roles("user reader_tickit") == {"role readers_tickit"}


def test_unchanged_rights_are_not_granted_again(apply, both):
    assert apply(tickit=TICKIT, bank=BANK) == []
    assert len(both.transactions) == 1  # that of the table with the records


def test_a_changed_query_changes_the_rights_of_its_pipeline_in_one_transaction(apply, both):
    assert apply(tickit="SELECT venueid FROM event", bank=BANK) == ["readers_tickit"]
    assert both.error("SELECT venueid FROM event", "reader_tickit") == ""
    assert both.error("SELECT catid FROM event", "reader_tickit")
    assert both.error("SELECT qtysold FROM sales", "reader_tickit")
    _, changed = both.transactions
    assert changed[0].startswith("REVOKE SELECT ON TABLE bank.calls, public.category")


def test_a_pipeline_that_reads_nothing_any_more_has_no_user(apply, both):
    assert apply(bank=BANK) == ["readers_tickit"]
    assert "reader_tickit" not in both.access.users
    assert "readers_tickit" not in both.access.roles
    assert apply(tickit=TICKIT, bank=BANK) == ["readers_tickit"]
    assert both.error(TICKIT, "reader_tickit") == ""


def test_rights_are_granted_again_after_a_migration_that_replaces_a_table(apply, both):
    new = ("DROP TABLE event", "CREATE TABLE event (eventid INT, catid INT)")
    both.run(*new)
    migrations = [*read_migrations(), Migration(8, "0008_event.sql", "0" * 64, new)]
    assert both.error(TICKIT, "reader_tickit")
    assert apply(migrations=migrations, tickit=TICKIT, bank=BANK) == [
        "readers_bank",
        "readers_tickit",
    ]
    assert both.error(TICKIT, "reader_tickit") == ""


def test_the_user_of_an_earlier_release_keeps_its_tables(migrated):
    """Its executions may run or be retried while the stacks of the pipelines are updated."""
    assert migrated.error(TICKIT, "pipeline_reader") == ""
    assert migrated.error("SELECT email FROM users", "pipeline_reader")


def test_users_of_others_are_neither_created_nor_dropped(migrated, tmp_path):
    """The owner of an existing warehouse creates them."""
    migrated.run("CREATE ROLE readers_bank", "CREATE USER reader_bank PASSWORD DISABLE")
    migrated.run("GRANT ROLE readers_bank TO reader_bank")
    migrations = read_migrations()
    own = OwnSchema(name="bank", described=Migration(0, "tables.sql", "0" * 64, ()))
    rights = derived_rights([reader("bank", BANK, tmp_path)], migrations)
    assert migrated.apply_rights(rights_document(rights, migrations, own)) == ["readers_bank"]
    assert migrated.error(BANK, "reader_bank") == ""
    assert migrated.apply_rights(rights_document([], migrations, own)) == ["readers_bank"]
    assert migrated.error(BANK, "reader_bank").startswith(DENIED)
    assert "reader_bank" in migrated.access.users


def test_users_cannot_create_tables_in_the_schema_public(migrated):
    assert Grant("public", "CREATE", ("redline", "public")) not in migrated.access.grants


def test_more_tables_than_one_transaction_can_grant_are_rejected():
    columns = {("public", f"t{number}"): ("a",) for number in range(MOST_GRANTS)}
    rights = Rights(pipeline="wide", user="u", role="r", columns=columns)
    with pytest.raises(RightsError, match="wide reads 35 tables"):
        rights_document([rights], [])


def test_reserved_names_are_quoted(tmp_path):
    sql = 'CREATE TABLE shop."order" (id INTEGER, "group" CHAR(1))'
    migrations = [Migration(1, "0001_shop.sql", "", ("CREATE SCHEMA shop", sql))]
    query = 'SELECT id, "group" FROM shop."order"'
    (tmp_path / "personal.toml").touch()
    readers = [reader("orders", query, tmp_path)]
    (rights,) = derived_rights(readers, migrations, tmp_path / "personal.toml")
    assert rights.grants == [
        "GRANT USAGE ON SCHEMA shop TO ROLE readers_orders",
        'GRANT SELECT ("group", id) ON TABLE shop."order" TO ROLE readers_orders',
    ]
    document = json.loads(rights_document([rights], migrations))
    assert document["tables"] == ['shop."order"']
