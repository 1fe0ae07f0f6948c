"""The command that writes the report of an execution."""

from __future__ import annotations

import json

import pytest

from operations import OperationError
from operations.commands.report import run
from operations.environment_clients import EnvironmentClients
from stacks.environments import ENVIRONMENTS
from tests.unit.recorded_account import EXECUTION, Account


def report(account, execution, output=None, *, as_json=False):
    return run(
        EnvironmentClients.of(ENVIRONMENTS["local"], account),
        execution,
        output=output,
        as_json=as_json,
    )


@pytest.mark.parametrize("name", ["abcdefghijkl", EXECUTION, "latest"])
def test_the_report_of_a_running_execution_is_written(name, tmp_path, capsys):
    file = tmp_path / "report.html"
    assert report(Account(status="Executing"), name, file) == 0
    assert "Executing" in file.read_text()
    assert capsys.readouterr().out == (f"redline-local-demand abcdefghijkl (Executing): {file}\n")


def test_the_default_file_is_named_after_the_execution(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert report(Account(), "latest", as_json=True) == 0
    assert (tmp_path / "report-abcdefghijkl.html").is_file()
    printed = json.loads(capsys.readouterr().out)
    assert (printed["file"], printed["status"]) == ("report-abcdefghijkl.html", "Succeeded")
    assert printed["documents"]["Evaluate/evaluation/evaluation.json"] == {"a": 1}


@pytest.mark.parametrize(
    "name", ["none", "arn:aws:sagemaker:us-east-1:1:pipeline/x/execution/abcdefghijkl"]
)
def test_an_unknown_execution_is_an_error_with_the_remedy(name, tmp_path):
    with pytest.raises(OperationError, match="Use an id or an ARN"):
        report(Account(), name, tmp_path / "report.html")


def test_without_an_execution_the_error_says_what_to_do(tmp_path):
    account = Account()
    account.list_pipeline_executions = lambda **_: {"PipelineExecutionSummaries": []}
    with pytest.raises(OperationError, match="Start one"):
        report(account, "latest", tmp_path / "report.html")
