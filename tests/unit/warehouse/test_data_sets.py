"""The files of the data sets and the statements that load them."""

import sys
from dataclasses import replace

import pytest

from warehouse import LoadError
from warehouse import data_sets as module
from warehouse.data_sets import DataSet, data_sets, loaded_tables
from warehouse.deployed_environment import DeployedEnvironment

ENVIRONMENT = DeployedEnvironment(
    lake_bucket="lake",
    administrator={},
    warehouse_role_arn="arn:role",
    pipelines={"tickit": {}, "no-data": {}},
)
TICKIT = DataSet("tickit")


def test_statements_name_the_deployed_bucket_and_role():
    statements = TICKIT.statements(ENVIRONMENT)
    assert "'s3://lake/incoming/tickit/allusers_pipe.txt'" in statements[1]
    assert "IAM_ROLE 'arn:role'" in statements[1]
    assert not any("$" in statement for statement in statements)


def test_statements_name_the_outputs_of_the_pipeline_stack():
    outputs = {"CatalogDatabaseName": "redline_local_bank"}
    statements = DataSet("bank").statements(replace(ENVIRONMENT, pipelines={"bank": outputs}))
    assert "FROM DATA CATALOG DATABASE 'redline_local_bank'" in statements[1]
    assert loaded_tables(statements) == ["bank.calls"]


@pytest.mark.parametrize(
    "name", ["lake'; drop table users; --", "lake' x", "a\\", "a;b", 'a"b', "a b", "a\nb", ""]
)
def test_an_output_that_could_change_the_sql_is_refused(name):
    with pytest.raises(LoadError, match="LakeBucket is .*, expected only letters, digits"):
        TICKIT.statements(replace(ENVIRONMENT, lake_bucket=name))
    outputs = {"CatalogDatabaseName": name}
    with pytest.raises(LoadError, match="CatalogDatabaseName is"):
        DataSet("bank").statements(replace(ENVIRONMENT, pipelines={"bank": outputs}))


def test_each_table_is_listed_once():
    tables = ["users", "venue", "category", "date", "event", "listing", "sales"]
    assert loaded_tables(TICKIT.statements(ENVIRONMENT)) == tables
    assert loaded_tables(["DELETE FROM a", "INSERT  INTO x.b SELECT 1", "copy a FROM"]) == [
        "x.b",
        "a",
    ]


def test_only_pipelines_with_sample_data_have_a_data_set():
    assert data_sets(ENVIRONMENT.pipelines, None) == [TICKIT]


def test_the_data_folder_must_contain_a_data_set(tmp_path):
    with pytest.raises(LoadError, match="contains no data set: .* some of tickit/"):
        data_sets(ENVIRONMENT.pipelines, tmp_path)


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
    (tmp_path / "data" / "tickit").mkdir(parents=True)
    assert TICKIT.prepare(tmp_path, tmp_path / "data") == ["generated all"]
    called = (tmp_path / "called").read_text()
    assert called.endswith(f"--missing-from {(tmp_path / 'data' / 'tickit').resolve()}")


@pytest.mark.parametrize("data", [None, "elsewhere"])
def test_without_real_files_everything_is_generated(generator, tmp_path, data):
    TICKIT.prepare(tmp_path, tmp_path / data if data else None)
    assert "--missing-from" not in (tmp_path / "called").read_text()


def test_an_error_of_the_generator_is_raised(tmp_path):
    with pytest.raises(LoadError, match="sample data of nothing could not be generated:.*nothing"):
        DataSet("nothing").prepare(tmp_path, None)
