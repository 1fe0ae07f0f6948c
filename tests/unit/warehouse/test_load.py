"""The command `load`, tested against a laptop cloud and a stand-in for the Data API."""

import json

import boto3
import pytest
from rich.console import Console

from local_cloud.server import running
from warehouse import LoadError
from warehouse import __main__ as command
from warehouse import load as loading
from warehouse.data_sets import DataSet
from warehouse.deployed_environment import read_deployed_environment

OUTPUTS = {
    "data": {"LakeBucketName": "lake"},
    "warehouse": {
        "ClusterIdentifier": "redline-test",
        "DatabaseName": "redline",
        "AdminSecretArn": "arn:secret",
        "WarehouseRoleArn": "arn:role",
    },
    "tickit": {"PipelineName": "redline-test-tickit"},
}


@pytest.fixture
def cloud(use_variables, tmp_path):
    with running(state=tmp_path / "state") as cloud:
        use_variables(cloud.environment())
        boto3.client("s3").create_bucket(Bucket="lake")
        yield boto3.client("cloudformation")


@pytest.fixture
def deployed(cloud):
    deploy(cloud, OUTPUTS)
    return cloud


def deploy(cloud, stacks):
    """Create stacks with the given outputs."""
    for part, outputs in stacks.items():
        template = {
            "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
            "Outputs": {name: {"Value": value} for name, value in outputs.items()},
        }
        cloud.create_stack(StackName=f"redline-test-{part}", TemplateBody=json.dumps(template))


class Serverless:
    """A stand-in for Redshift Serverless, which returns the secret of a namespace."""

    def get_namespace(self, *, namespaceName):  # noqa: N803 - the API's name
        return {"namespace": {"adminPasswordSecretArn": f"secret of {namespaceName}"}}


class FakeDatabase:
    def __init__(self):
        self.ran = []

    def run(self, statements, progress):
        self.ran += statements
        progress(len(statements))

    def rows(self, sql):
        return [(name, 11) for name in ("venue", "sales")]


def test_a_deployed_environment_is_read_from_stack_outputs(deployed):
    found = read_deployed_environment(deployed, Serverless(), "test")
    assert found.lake_bucket == "lake"
    assert found.administrator == {
        "ClusterIdentifier": "redline-test",
        "Database": "redline",
        "SecretArn": "arn:secret",
    }
    assert found.pipelines == {"tickit": OUTPUTS["tickit"]}


def test_a_missing_stack_raises_an_error_with_the_command_to_deploy_it(cloud):
    with pytest.raises(LoadError, match=r"redline-dev-data is not deployed in us-east-1.*ENV=dev"):
        read_deployed_environment(cloud, Serverless(), "dev")


def test_the_secret_of_a_serverless_namespace_is_looked_up(cloud, monkeypatch):
    warehouse = {
        "WorkgroupName": "redline-test",
        "NamespaceName": "the-namespace",
        "DatabaseName": "redline",
        "WarehouseRoleArn": "arn:role",
    }
    deploy(cloud, {**OUTPUTS, "warehouse": warehouse})
    assert read_deployed_environment(cloud, Serverless(), "test").administrator == {
        "WorkgroupName": "redline-test",
        "Database": "redline",
        "SecretArn": "secret of the-namespace",
    }


@pytest.fixture
def data_set(monkeypatch):
    """A data set of two tables; the file of one of them is in a subfolder."""

    def prepare(self, folder, data):
        (folder / "v.txt").write_text("venue")
        (folder / "2008").mkdir()
        (folder / "2008" / "s.txt").write_text("sales")
        return ["generated venue: 11 rows in v.txt"]

    statements = ["DELETE FROM venue", "COPY venue FROM 'v'", "COPY sales FROM 's'"]
    monkeypatch.setattr(DataSet, "prepare", prepare)
    monkeypatch.setattr(DataSet, "statements", lambda self, deployed: statements)
    return statements


def test_files_are_uploaded_and_row_counts_are_printed(deployed, data_set, monkeypatch, capsys):
    database = FakeDatabase()
    monkeypatch.setattr(loading, "_database", lambda deployed: database)
    assert loading.load("test", None, Console()) == {"venue": 11, "sales": 11}
    listed = boto3.client("s3").list_objects_v2(Bucket="lake")["Contents"]
    assert [each["Key"] for each in listed] == [
        "incoming/tickit/2008/s.txt",
        "incoming/tickit/v.txt",
    ]
    assert database.ran == data_set
    shown = capsys.readouterr().out
    assert "tickit: generated venue: 11 rows" in shown
    assert "sales" in shown


def test_the_command_prints_an_error_in_one_line(cloud, capsys):
    assert command.main(["load", "--environment", "dev"]) == 2
    assert capsys.readouterr().err.startswith("error: the stack redline-dev-data is not deployed")


def test_the_command_loads_and_returns_zero(monkeypatch, tmp_path):
    calls = []
    monkeypatch.setattr(command, "load", lambda *arguments: calls.append(arguments[:2]))
    assert command.main(["load", "--environment", "dev", "--data", str(tmp_path)]) == 0
    assert calls == [("dev", tmp_path)]
