"""load.sql of tickit."""

from tests.loading import statements_of
from warehouse.data_sets import replaced_tables


def test_every_table_is_filled_from_the_files():
    statements = statements_of("tickit")
    assert "'s3://lake/incoming/tickit/allusers_pipe.txt'" in statements[1]
    tables = ["users", "venue", "category", "date", "event", "listing", "sales"]
    assert replaced_tables(statements) == tables
