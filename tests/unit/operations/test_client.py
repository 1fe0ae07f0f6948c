"""The client: its commands, how it finds the cloud of an environment, and its errors."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import tomllib
from importlib import import_module

import pytest
from botocore.exceptions import ClientError, NoCredentialsError, TokenRetrievalError

from local_cloud.server_secrets import create_secrets
from local_cloud.state import (
    Deployment,
    ServerRecord,
    write_deployment,
    write_secrets,
    write_server,
)
from operations import OperationError, cli
from operations.connection import connect
from operations.errors import sentence
from operations.laptop import find_laptop
from pipeline_code.source_files import source_files


@pytest.fixture
def state(tmp_path):
    """A state folder as the laptop cloud writes it, of a process that lives."""
    write_server(tmp_path, ServerRecord(os.getpid(), 1.0, 4321, "eu-west-1"))
    write_secrets(tmp_path, create_secrets())
    write_deployment(tmp_path, Deployment("elsewhere", (), "/app"))
    return tmp_path


@pytest.fixture
def variables(monkeypatch):
    """Return the variables of AWS of this process, which are restored at the end."""
    monkeypatch.setattr(os, "environ", dict(os.environ))
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    return os.environ


def test_no_module_of_the_client_imports_the_laptop_cloud(repository):
    for path in source_files(repository / "operations", "**/*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not [name for name in names if name.startswith("local_cloud")], path


def test_the_files_that_both_packages_have_are_the_same(repository):
    for name in ("command_line.py", "output.py", "schedule_expressions.py"):
        path = repository / "operations" / name
        assert path.is_symlink()
        assert path.resolve() == repository / "local_cloud" / name


def test_the_state_folder_says_where_the_laptop_cloud_is(state):
    found = find_laptop(state)
    assert (found.endpoint, found.region) == ("http://localhost:4321", "eu-west-1")
    assert found.environment == "elsewhere"


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"pid": "x", "port": 1, "region": "r"}'])
def test_records_that_cannot_be_read_mean_that_nothing_is_running(state, content):
    (state / "server.json").write_text(content)
    with pytest.raises(OperationError, match="No laptop cloud is running with the state folder"):
        find_laptop(state)


def test_a_killed_server_is_not_running(state):
    ended = subprocess.Popen(["true"])
    ended.wait()
    write_server(state, ServerRecord(ended.pid, 1.0, 4321, "eu-west-1"))
    with pytest.raises(OperationError, match="python -m local_cloud up"):
        find_laptop(state)


def test_a_state_folder_leads_to_the_laptop_cloud_and_its_last_deployment(state, variables):
    variables["AWS_PROFILE"] = "work"
    aws = connect(None, state)
    assert (aws.name, aws.region, aws.is_laptop) == ("elsewhere", "eu-west-1", True)
    assert variables["AWS_ENDPOINT_URL"] == "http://localhost:4321"
    assert "AWS_PROFILE" not in variables
    assert connect("dev", state).name == "dev"


def test_another_environment_than_local_is_on_aws(variables):
    aws = connect("prod", None)
    assert (aws.name, aws.region, aws.is_laptop) == ("prod", "us-east-1", False)
    assert "AWS_ENDPOINT_URL" not in variables


def test_the_variables_of_the_shell_lead_to_another_cloud(variables):
    variables |= {"AWS_ENDPOINT_URL": "http://localhost:1", "AWS_REGION": "eu-west-1"}
    assert connect("local", None).region == "us-east-1"
    assert connect("undeclared", None).region == "eu-west-1"


def test_an_environment_that_is_not_declared_is_refused(variables, capsys):
    assert cli.main(["--env", "nowhere", "runs"]) == 2
    expected = "error: --env is 'nowhere': allowed is local, dev, staging, prod"
    assert expected in capsys.readouterr().err


@pytest.mark.parametrize("name", cli.command_names())
def test_every_command_has_help_with_examples(name, capsys):
    assert cli.main([name, "--help"]) == 0
    shown = capsys.readouterr().out
    module = import_module(f"operations.commands.{name.replace('-', '_')}")
    assert module.EXAMPLES
    assert all(f"redline --env dev {name}".split()[-1] in example for example in module.EXAMPLES)
    assert "Examples:" in shown
    assert "--json" in shown
    assert "--env" in shown


def test_the_help_lists_all_commands(capsys):
    assert cli.main(["--help"]) == 0
    shown = capsys.readouterr().out
    assert [name for name in cli.command_names() if f" {name} " not in shown] == []


@pytest.mark.parametrize(
    ("words", "message", "help_command"),
    [
        (["nothing"], "No such command 'nothing'", "redline --help"),
        (["stop"], "Missing argument 'EXECUTION'", "redline stop --help"),
        (["runs", "--limit", "0"], "'--limit'", "redline runs --help"),
        (["runs", "--wrong"], "No such option", "redline runs --help"),
    ],
)
def test_wrong_arguments_end_with_a_sentence(words, message, help_command, capsys):
    assert cli.main(words) == 2
    shown = capsys.readouterr().err
    assert shown.startswith("error: ")
    assert message in shown
    assert f"(see {help_command})" in shown


def test_the_shell_can_complete_commands(repository):
    variables = {
        **os.environ,
        "_REDLINE_COMPLETE": "complete_bash",
        "COMP_WORDS": "redline ver",
        "COMP_CWORD": "1",
    }
    done = subprocess.run(
        [sys.executable, "-c", "from operations.__main__ import redline; redline()"],
        cwd=repository,
        env=variables,
        capture_output=True,
        text=True,
    )
    assert done.stdout.split() == ["versions"]


def test_the_console_command_exists(repository, monkeypatch):
    monkeypatch.setattr(sys, "path", list(sys.path))  # the module changes the order
    document = tomllib.loads((repository / "operations" / "pyproject.toml").read_text())
    module, _, function = document["project"]["scripts"]["redline"].partition(":")
    assert callable(getattr(import_module(module), function))


def refusal(code, message, operation="ListPipelines"):
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (refusal("ExpiredTokenException", "expired"), "have expired"),
        (refusal("UnrecognizedClientException", "invalid"), "are not valid"),
        (
            refusal(
                "AccessDeniedException",
                "User: arn:aws:iam::1:user/a is not authorized to perform: "
                "sagemaker:ListPipelines because no policy allows it",
            ),
            "the permission sagemaker:ListPipelines is missing",
        ),
        (refusal("AccessDenied", "Access Denied", "GetObject"), "the action of GetObject"),
        (refusal("ThrottlingException", "Rate exceeded"), "Rate exceeded"),
        (NoCredentialsError(), "set AWS_PROFILE, or log in"),
        (TokenRetrievalError(provider="sso", error_msg="Token has expired"), "have expired"),
    ],
)
def test_an_error_of_aws_says_what_to_do(error, expected):
    assert expected in sentence(error)


def test_an_error_of_a_service_ends_a_command_with_a_sentence(monkeypatch, capsys):
    def denied(_environment, _state):
        raise refusal("ExpiredToken", "expired")

    monkeypatch.setattr(cli, "connect", denied)
    assert cli.main(["status"]) == 2
    assert capsys.readouterr().err.startswith("error: the credentials of the shell have expired")
