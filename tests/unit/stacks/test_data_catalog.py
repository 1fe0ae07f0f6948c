"""The Glue Data Catalog of a pipeline's files, and the roles that may read it."""

import json

import pytest

from stacks.config import ConfigurationError
from stacks.pipeline.data_catalog import catalog_tables
from tests.application.synthesised import synthesised
from tests.synthesis import joined, statements


@pytest.fixture
def catalog(tmp_path):
    """Return a function that writes the catalog.json of a pipeline `shop` and reads it."""

    def read(**changes):
        table = {
            "description": "orders",
            "folder": "orders",
            "separator": ";",
            "header_lines": 1,
            "columns": ["id"],
        }
        given = {name: value for name, value in (table | changes).items() if value is not None}
        (tmp_path / "shop").mkdir()
        (tmp_path / "shop" / "catalog.json").write_text(json.dumps({"orders": given}))
        return catalog_tables("shop", tmp_path)

    return read


def test_a_folder_without_a_catalogue_has_no_tables(tmp_path):
    assert catalog_tables("shop", tmp_path) == []
    assert synthesised("basic").resources("demand", "AWS::Glue::Database") == {}


def test_a_table_has_its_columns(catalog):
    (table,) = catalog(columns=["id", "day"])
    assert (table.name, table.columns) == ("orders", ("id", "day"))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"folder": None}, "columns, description, folder, header_lines, separator"),
        ({"format": "csv"}, "give each of them once"),
        ({"columns": ["emp.var.rate"]}, "names of lower-case letters, digits and underscores"),
    ],
)
def test_a_wrong_catalogue_is_refused(catalog, changes, said):
    with pytest.raises(ConfigurationError, match=r"shop/catalog\.json, orders") as refusal:
        catalog(**changes)
    assert said in str(refusal.value)


def test_the_files_are_catalogued_as_quoted_csv():
    basic = synthesised("basic")
    database = basic.the("files", "AWS::Glue::Database")["DatabaseInput"]["Name"]
    table = basic.the("files", "AWS::Glue::Table")
    storage = table["TableInput"]["StorageDescriptor"]
    assert database == table["DatabaseName"] == "redline_basic_files"
    assert joined(storage["Location"]).endswith("/incoming/files/wanted/")
    assert storage["SerdeInfo"]["Parameters"] == {"separatorChar": ";", "quoteChar": '"'}
    assert table["TableInput"]["Parameters"]["skip.header.line.count"] == "1"
    assert {column["Type"] for column in storage["Columns"]} == {"string"}
    assert basic.templates["files"]["Outputs"]["CatalogDatabaseName"]["Value"] == database


def test_the_warehouse_s_role_may_read_this_catalogue_and_no_other():
    basic = synthesised("basic")
    (policy,) = [
        policy
        for name, policy in basic.resources("files", "AWS::IAM::Policy").items()
        if name.startswith("CatalogReaderPolicy")
    ]
    (role,) = policy["Properties"]["Roles"]
    assert "LakeRole" in joined(role)
    (statement,) = statements(policy)
    assert {action.partition(":Get")[0] for action in statement["Action"]} == {"glue"}
    assert [joined(arn).rpartition(">:")[2] for arn in statement["Resource"]] == [
        "catalog",
        "database/redline_basic_files",
        "table/redline_basic_files/wanted",
    ]
