"""The query of a job, in the archive of its pipeline."""

import codecs

from pipeline_code.runtime.databases.connectors import connectors
from pipeline_code.runtime.databases.declared import DeclaredDatabase


def test_the_mark_of_an_editor_is_no_part_of_the_query(tmp_path, monkeypatch):
    folder = tmp_path / "shop_package/databases"
    folder.mkdir(parents=True)
    (folder.parent / "__init__.py").touch()
    (folder / "orders.sql").write_bytes(codecs.BOM_UTF8 + "SELECT 'größer' AS size".encode())
    monkeypatch.syspath_prepend(tmp_path)
    database = DeclaredDatabase(
        name="orders",
        connector=connectors()["postgresql"],
        package="shop_package",
        query="databases/orders.sql",
        host="orders.example.com",
        port=5432,
        secret="orders-reader-AbCdEf",
        settings={},
    )
    assert database.sql() == "SELECT 'größer' AS size"
