"""load.sql of bank."""

from tests.loading import statements_of
from warehouse.data_sets import replaced_tables


def test_the_calls_are_read_from_the_catalogue():
    statements = statements_of("bank", CatalogDatabaseName="redline_local_bank")
    assert "FROM DATA CATALOG DATABASE 'redline_local_bank'" in statements[1]
    assert replaced_tables(statements) == ["bank.calls"]
