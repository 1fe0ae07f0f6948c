"""Which files are loaded, where they come from, and the statements that load them."""

import sys
from dataclasses import replace

import pytest

from warehouse import data_sets as module
from warehouse.data_sets import DataSet, data_sets, loaded_tables
from warehouse.deployment import Deployment
from warehouse.errors import LoadError

DEPLOYMENT = Deployment(
    lake_bucket="lake",
    administrator={},
    warehouse_role_arn="arn:role",
    pipelines={"tickit": {}, "no-data": {}},
)
TICKIT = DataSet("tickit")


def test_statements_name_the_deployed_bucket_and_role():
    statements = TICKIT.statements(DEPLOYMENT)
    assert "'s3://lake/incoming/tickit/allusers_pipe.txt'" in statements[1]
    assert "IAM_ROLE 'arn:role'" in statements[1]
    assert not any("$" in statement for statement in statements)


def test_statements_name_the_outputs_of_the_pipeline_stack():
    outputs = {"CatalogDatabaseName": "redline_local_bank"}
    statements = DataSet("bank").statements(replace(DEPLOYMENT, pipelines={"bank": outputs}))
    assert "FROM DATA CATALOG DATABASE 'redline_local_bank'" in statements[1]
    assert loaded_tables(statements) == ["bank.calls"]


@pytest.mark.parametrize(
    "name", ["lake'; drop table users; --", "lake' x", "a\\", "a;b", 'a"b', "a b", "a\nb", ""]
)
def test_an_output_that_could_change_the_sql_is_refused(name):
    with pytest.raises(LoadError, match="LakeBucket is .*: allowed are letters, digits"):
        TICKIT.statements(replace(DEPLOYMENT, lake_bucket=name))
    outputs = {"CatalogDatabaseName": name}
    with pytest.raises(LoadError, match="CatalogDatabaseName is"):
        DataSet("bank").statements(replace(DEPLOYMENT, pipelines={"bank": outputs}))


def test_each_table_is_listed_once():
    tables = ["users", "venue", "category", "date", "event", "listing", "sales"]
    assert loaded_tables(TICKIT.statements(DEPLOYMENT)) == tables
    assert loaded_tables(["DELETE FROM a", "INSERT  INTO x.b SELECT 1", "copy a FROM"]) == [
        "x.b",
        "a",
    ]


def test_only_pipelines_with_sample_data_have_a_data_set():
    assert data_sets(DEPLOYMENT.pipelines, None) == [TICKIT]


def test_the_data_folder_must_contain_a_data_set(tmp_path):
    with pytest.raises(LoadError, match="holds no data set: .* some of tickit/ in it"):
        data_sets(DEPLOYMENT.pipelines, tmp_path)


@pytest.fixture
def generator(monkeypatch):
    """Stands for the generator: writes down how it was called."""
    script = (
        "import sys, pathlib; out = pathlib.Path(sys.argv[sys.argv.index('--output') + 1]); "
        "out.joinpath('called').write_text(' '.join(sys.argv[1:])); print('generated all')"
    )
    run = module.subprocess.run

    def stand_in(command, **options):
        return run([sys.executable, "-c", script, *command[3:]], **options)

    monkeypatch.setattr(module.subprocess, "run", stand_in)


def test_the_generator_gets_the_folder_of_real_files(generator, tmp_path):
    (tmp_path / "data" / "tickit").mkdir(parents=True)
    assert TICKIT.prepare(tmp_path, tmp_path / "data") == ["generated all"]
    called = (tmp_path / "called").read_text()
    assert called.endswith(f"--missing-from {(tmp_path / 'data' / 'tickit').resolve()}")


@pytest.mark.parametrize("data", [None, "elsewhere"])
def test_without_real_files_everything_is_generated(generator, tmp_path, data):
    TICKIT.prepare(tmp_path, tmp_path / data if data else None)
    assert "--missing-from" not in (tmp_path / "called").read_text()


def test_an_error_of_the_generator_is_raised(tmp_path):
    with pytest.raises(LoadError, match="sample data of nothing could not be made:.*nothing"):
        DataSet("nothing").prepare(tmp_path, None)
