"""The command `load`, tested against a laptop cloud and a stand-in for the Data API."""

import io
import json
import re
import sys

import boto3
import botocore.session
import pytest
from rich.console import Console

from local_cloud.server import running
from warehouse import LoadError
from warehouse import __main__ as command
from warehouse import load as loading
from warehouse.data_sets import DataSet
from warehouse.deployed_environment import USABLE, read_deployed_environment

OUTPUTS = {
    "data": {"LakeBucketName": "lake"},
    "warehouse": {
        "ClusterIdentifier": "redline-test",
        "DatabaseName": "redline",
        "AdminSecretArn": "arn:secret",
        "WarehouseRoleArn": "arn:role",
        "GeneratedData": "allowed",
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
    """A stand-in for the database; its tables have 3 rows, and 11 after a load."""

    def __init__(self):
        self.ran = []

    def run(self, statements, progress):
        self.ran += statements
        progress(len(statements))

    def rows(self, sql):
        return [(name, 11 if self.ran else 3) for name in ("venue", "sales")]


class Stacks:
    """A stand-in for CloudFormation, in which all stacks have the same status."""

    def __init__(self, status):
        self.status = status
        self.meta = type("Meta", (), {"region_name": "us-east-1"})

    def describe_stacks(self, **request):
        found = [part for part in OUTPUTS if request.get("StackName", part).endswith(part)]
        return {"Stacks": [self._stack(part) for part in found]}

    def _stack(self, part):
        outputs = [{"OutputKey": k, "OutputValue": v} for k, v in OUTPUTS[part].items()]
        return {
            "StackName": f"redline-test-{part}", "StackStatus": self.status, "Outputs": outputs
        }  # fmt: skip

    def get_paginator(self, _operation):
        return type("Pages", (), {"paginate": lambda _: [self.describe_stacks()]})()


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


STATUSES = (
    botocore.session.Session()
    .get_service_model("cloudformation")
    .shape_for("StackStatus")
    .enum
)  # fmt: skip


@pytest.mark.parametrize("status", STATUSES)
def test_every_state_with_a_usable_warehouse_can_be_loaded(status):
    """A state is usable if the stack is in its last working state.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html and
    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_RollbackStack.html
    """
    without_resources = {"DELETE_COMPLETE", "ROLLBACK_COMPLETE"}
    ended = status.endswith(("_COMPLETE", "_COMPLETE_CLEANUP_IN_PROGRESS"))
    assert (status in USABLE) == (ended and status not in without_resources)
    if status in USABLE:
        read_deployed_environment(Stacks(status), Serverless(), "test")
        return
    with pytest.raises(LoadError, match=status) as refused:
        read_deployed_environment(Stacks(status), Serverless(), "test")
    remedy = "wait until it ends" if status.endswith("_IN_PROGRESS") else "make deploy ENV=test"
    assert remedy in str(refused.value)


def test_a_rolled_back_update_can_be_loaded(deployed):
    """The laptop cloud rolls the update of the warehouse back, as CloudFormation does."""
    name = "redline-test-warehouse"
    broken = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "not a name"}}
    body = json.loads(json.dumps(deployed.get_template(StackName=name)["TemplateBody"]))
    body["Resources"]["Broken"] = broken
    deployed.update_stack(StackName=name, TemplateBody=json.dumps(body))
    (stack,) = deployed.describe_stacks(StackName=name)["Stacks"]
    assert stack["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert read_deployed_environment(deployed, Serverless(), "test").lake_bucket == "lake"


@pytest.fixture
def data_set(monkeypatch):
    """A data set of two tables; the file of one of them is in a subfolder."""

    def prepare(self, folder, data):
        (folder / "v.txt").write_text("venue")
        (folder / "2008").mkdir()
        (folder / "2008" / "s.txt").write_text("sales")
        return ["generated venue: 11 rows in v.txt"]

    statements = ["DELETE FROM venue", "COPY venue FROM 'v'", "COPY sales FROM 's'"]
    monkeypatch.setattr(DataSet, "files", lambda self: ["v.txt", "s.txt"])
    monkeypatch.setattr(DataSet, "prepare", prepare)
    monkeypatch.setattr(DataSet, "statements", lambda self, deployed: statements)
    return statements


@pytest.fixture
def database(monkeypatch):
    database = FakeDatabase()
    monkeypatch.setattr(loading, "_database", lambda deployed: database)
    return database


def never(question):
    raise AssertionError(question)


def keys():
    return [
        each["Key"]
        for each in boto3.client("s3").list_objects_v2(Bucket="lake").get("Contents", [])
    ]


@pytest.mark.parametrize(
    ("outputs", "refused"),
    [
        ({}, "the tables venue, sales of redline-test redline belong to others"),
        ({"AdminUser": "owner", "Schema": "sales"}, "the tables venue, sales of redline-test"),
    ],
)
def test_rows_of_others_are_not_replaced(cloud, data_set, database, outputs, refused):
    """In an existing warehouse only the tables of its own schema belong to the environment."""
    target = {"ClusterIdentifier": "redline-test", "DatabaseName": "redline"}
    warehouse = {**target, "WarehouseRoleArn": "arn:role", "GeneratedData": "allowed", **outputs}
    deploy(cloud, {**OUTPUTS, "warehouse": warehouse})
    with pytest.raises(LoadError, match=refused):
        loading.load("test", None, Console(), confirm=never)
    assert (database.ran, keys()) == ([], [])


def test_rows_of_the_own_schema_may_be_replaced(cloud):
    login = {"AdminUser": "owner", "Schema": "own"}
    target = {"ClusterIdentifier": "redline-test", "DatabaseName": "redline"}
    deploy(cloud, {**OUTPUTS, "warehouse": {**target, "WarehouseRoleArn": "arn:role", **login}})
    found = read_deployed_environment(cloud, Serverless(), "test")
    assert found.administrator["DbUser"] == "owner"
    assert found.may_replace_rows("own.sales")
    assert not found.may_replace_rows("sales")


def test_files_are_uploaded_and_the_report_is_printed_before_and_after(
    deployed, data_set, database, capsys
):
    """Where generated data is allowed, the loader does not ask."""
    assert loading.load("test", None, Console(), confirm=never) == {"venue": 11, "sales": 11}
    assert keys() == ["incoming/tickit/2008/s.txt", "incoming/tickit/v.txt"]
    assert database.ran == data_set
    before, after = capsys.readouterr().out.split("tickit: generated venue: 11 rows")
    assert "generated  tickit/v.txt" in before
    assert "Rows that are replaced in test" in before
    assert rows(before, "sales") == ["3"]
    assert "generated  tickit/v.txt" in after
    assert rows(after, "sales") == ["3", "11"]


def rows(shown, table):
    """Return the cells of a table's row."""
    line = next(line for line in shown.splitlines() if f" {table} " in line)
    return re.findall(r"\d+", line)


@pytest.fixture
def production(cloud):
    """An environment that does not allow generated data."""
    deploy(cloud, {**OUTPUTS, "warehouse": OUTPUTS["warehouse"] | {"GeneratedData": "not allowed"}})


@pytest.fixture
def real_files(tmp_path):
    folder = tmp_path / "real"
    (folder / "tickit").mkdir(parents=True)
    for name in ("v.txt", "s.txt", "other.txt"):
        (folder / "tickit" / name).touch()
    return folder


def test_production_does_not_get_generated_rows(production, data_set, database):
    with pytest.raises(LoadError, match="test was deployed without generated_data=True"):
        loading.load("test", None, Console(), confirm=never)
    assert database.ran == keys() == []


def test_an_environment_of_an_earlier_release_does_not_get_generated_rows(
    cloud, data_set, database
):
    outputs = {
        name: value for name, value in OUTPUTS["warehouse"].items() if name != "GeneratedData"
    }
    deploy(cloud, {**OUTPUTS, "warehouse": outputs})
    with pytest.raises(LoadError, match="test was deployed without generated_data=True"):
        loading.load("test", None, Console(), confirm=never)


def test_a_missing_file_in_production_is_refused_before_anything_is_changed(
    production, data_set, database, real_files
):
    (real_files / "tickit" / "s.txt").unlink()
    with pytest.raises(LoadError, match=r"lacks: tickit/s\.txt"):
        loading.load("test", real_files, Console(), confirm=never)
    assert database.ran == keys() == []


def test_production_is_loaded_only_after_a_yes(production, data_set, database, real_files, capsys):
    asked = []

    def no(question):
        asked.append((question, capsys.readouterr().out))

    with pytest.raises(LoadError, match="the answer was no: nothing was changed"):
        loading.load("test", real_files, Console(), confirm=no)
    assert database.ran == keys() == []
    ((question, shown),) = asked
    assert question == "Replace these rows in test?"
    assert "used       tickit/v.txt" in shown
    assert "ignored    tickit/other.txt" in shown
    assert rows(shown, "sales") == ["3"]
    loading.load("test", real_files, Console(), confirm=lambda question: True)
    assert database.ran == data_set


def test_the_command_prints_an_error_in_one_line(cloud, capsys):
    assert command.main(["load", "--environment", "dev"]) == 2
    assert capsys.readouterr().err.startswith("error: the stack redline-dev-data is not deployed")


@pytest.fixture
def asked(monkeypatch):
    """Run the command with a loader that only asks. Return its exit code and the answers."""

    def run(*options):
        answers = []

        def load(environment, data, console, *, confirm, only):
            answers.append((environment, data, confirm("Replace?")))

        monkeypatch.setattr(command, "load", load)
        return command.main(["load", "--environment", "dev", *options]), answers

    return run


def test_with_yes_the_command_does_not_ask(asked, tmp_path):
    assert asked("--yes", "--data", str(tmp_path)) == (0, [("dev", tmp_path, True)])


def test_without_a_terminal_the_command_is_refused(asked, monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    assert asked() == (2, [])
    shown = capsys.readouterr().err
    assert shown.startswith('error: there is no terminal for the question "Replace?": nothing was')
    assert "--yes" in shown


@pytest.mark.parametrize(
    ("typed", "answer"), [("y\n", True), ("n\n", False), ("\n", False), ("", False)]
)
def test_the_command_asks_on_a_terminal(asked, monkeypatch, typed, answer):
    terminal = io.StringIO(typed)
    terminal.isatty = lambda: True
    monkeypatch.setattr(sys, "stdin", terminal)
    assert asked() == (0, [("dev", None, answer)])


def test_an_interrupted_question_ends_the_command(asked, monkeypatch):
    def interrupt(*_arguments, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr(command.Confirm, "ask", interrupt)
    monkeypatch.setattr(sys, "stdin", type("Terminal", (), {"isatty": lambda self: True})())
    assert asked() == (130, [])
