"""The files of the data sets and the statements that load them."""

import sys
from dataclasses import replace

import pytest

from pipeline_code.pipelines import folder_of
from warehouse import LoadError
from warehouse import data_sets as module
from warehouse.data_sets import DataSet, chosen, data_sets, replaced_tables
from warehouse.deployed_environment import DeployedEnvironment

ENVIRONMENT = DeployedEnvironment(
    lake_bucket="lake",
    warehouse={},
    administrator={},
    warehouse_role_arn="arn:role",
    pipelines={"shop": {"CatalogDatabaseName": "redline_local_shop"}, "no-data": {}},
)
SHOP = DataSet("shop")
LOAD = """
DELETE FROM sold;
COPY sold FROM 's3://${LakeBucket}/incoming/shop/sold.csv' IAM_ROLE '${WarehouseRoleArn}' CSV;
CREATE EXTERNAL SCHEMA shop_lake FROM DATA CATALOG DATABASE '${CatalogDatabaseName}'
IAM_ROLE '${WarehouseRoleArn}';
INSERT INTO shop.orders SELECT * FROM shop_lake.orders;
COPY sold FROM 's3://${LakeBucket}/incoming/shop/more.csv' IAM_ROLE '${WarehouseRoleArn}' CSV;
"""


@pytest.fixture(autouse=True)
def shop(tmp_path, monkeypatch):
    """The pipelines `shop`, which has sample data, and `no-data`."""
    folder = tmp_path / "pipelines"
    (folder / "shop" / "sample_data").mkdir(parents=True)
    (folder / "shop" / "sample_data" / "load.sql").write_text(LOAD)
    (folder / "shop" / "sample_data" / "__main__.py").touch()
    (folder / "no_data").mkdir()
    monkeypatch.setattr(module, "folder_of", lambda name: folder_of(name, folder))


def test_statements_name_the_deployed_bucket_and_role():
    statements = SHOP.statements(ENVIRONMENT)
    assert "'s3://lake/incoming/shop/sold.csv'" in statements[1]
    assert "IAM_ROLE 'arn:role'" in statements[1]
    assert not any("$" in statement for statement in statements)


def test_statements_name_the_outputs_of_the_pipeline_stack():
    assert "FROM DATA CATALOG DATABASE 'redline_local_shop'" in SHOP.statements(ENVIRONMENT)[2]


@pytest.mark.parametrize(
    "sql",
    [
        r"INSERT INTO t SELECT REGEXP_SUBSTR(a, '[0-9]+$') FROM s",
        "INSERT INTO t VALUES ('costs $5', '$$', 'a$b', '$name', '$')",
        "CREATE FUNCTION f(int) RETURNS int STABLE AS $$ SELECT 1; SELECT $1 $$ LANGUAGE sql",
        "CREATE PROCEDURE p() AS $body$ BEGIN NULL; END; $body$ LANGUAGE plpgsql",
        r"SELECT REGEXP_COUNT(a, '^a{2}${')",
    ],
)
def test_other_dollar_signs_belong_to_the_sql(sql, tmp_path):
    (tmp_path / "pipelines" / "shop" / "sample_data" / "load.sql").write_text(f"{sql};\n")
    assert SHOP.statements(ENVIRONMENT) == [sql]


def test_an_unknown_placeholder_is_refused_with_the_known_names(tmp_path):
    path = tmp_path / "pipelines" / "shop" / "sample_data" / "load.sql"
    path.write_text("COPY t FROM 's3://${LakeBuckett}/t' IAM_ROLE '${WarehouseRoleArn}';\n")
    known = "LakeBucket, WarehouseRoleArn, CatalogDatabaseName"
    with pytest.raises(LoadError, match=rf"placeholder \$\{{LakeBuckett\}}: allowed are {known};"):
        SHOP.statements(ENVIRONMENT)


@pytest.mark.parametrize(
    "name", ["lake'; drop table users; --", "lake' x", "a\\", "a;b", 'a"b', "a b", "a\nb", ""]
)
def test_an_output_that_could_change_the_sql_is_refused(name):
    with pytest.raises(LoadError, match="LakeBucket is .*, expected only letters, digits"):
        SHOP.statements(replace(ENVIRONMENT, lake_bucket=name))
    outputs = {"CatalogDatabaseName": name}
    with pytest.raises(LoadError, match="CatalogDatabaseName is"):
        SHOP.statements(replace(ENVIRONMENT, pipelines={"shop": outputs}))


def test_each_table_is_listed_once():
    assert replaced_tables(SHOP.statements(ENVIRONMENT)) == ["sold", "shop.orders"]
    statements = ["truncate TABLE c", "INSERT  INTO x.b SELECT 1", "DELETE FROM a", "copy a FROM"]
    assert replaced_tables(statements) == ["c", "x.b", "a"]


def test_only_pipelines_with_sample_data_have_a_data_set():
    assert data_sets(ENVIRONMENT.pipelines) == [SHOP]


@pytest.fixture
def generator(monkeypatch):
    """A stand-in for the generator that records its arguments."""
    script = (
        "import sys, pathlib; out = pathlib.Path(sys.argv[sys.argv.index('--output') + 1]); "
        "out.joinpath('called').write_text(' '.join(sys.argv[1:])); print('generated all')"
    )
    run = module.subprocess.run

    def stand_in(command, **options):
        return run([sys.executable, "-c", script, *command[3:]], **options)

    monkeypatch.setattr(module.subprocess, "run", stand_in)


def test_the_generator_gets_the_folder_of_real_files(generator, tmp_path):
    (tmp_path / "data" / "shop").mkdir(parents=True)
    assert SHOP.prepare(tmp_path, tmp_path / "data") == ["generated all"]
    called = (tmp_path / "called").read_text()
    assert called.endswith(f"--missing-from {(tmp_path / 'data' / 'shop').resolve()}")


@pytest.mark.parametrize("data", [None, "elsewhere"])
def test_without_real_files_everything_is_generated(generator, tmp_path, data):
    SHOP.prepare(tmp_path, tmp_path / data if data else None)
    assert "--missing-from" not in (tmp_path / "called").read_text()


def test_an_error_of_the_generator_is_raised(tmp_path):
    with pytest.raises(LoadError, match="sample data of nothing could not be generated:.*nothing"):
        DataSet("nothing").prepare(tmp_path, None)


def test_named_data_sets_are_loaded_alone():
    others = [SHOP, DataSet("other")]
    assert chosen(others, ()) == others
    assert chosen(others, ["shop"]) == [SHOP]
    with pytest.raises(
        LoadError, match="no data set 'shopp': allowed are shop, other; nothing was"
    ):
        chosen(others, ["shopp"])
