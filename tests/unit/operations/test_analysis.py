"""The command that prints the findings of analyses and saves their pages."""

from __future__ import annotations

import json

import pytest

from operations import OperationError
from operations.commands.analysis import run
from operations.environment_clients import EnvironmentClients
from stacks.environments import ENVIRONMENTS
from tests.unit.recorded_account import Account

FOLDER = "runs/demand/earlier12345/Prepare/data-analysis"
FINDING = {"kind": "leakage", "column": "paid", "message": "paid alone predicts sold."}
DOCUMENT = {"rows": 1, "columns": [{}, {}], "findings": [FINDING]}


@pytest.fixture
def account():
    """An account in which a step, whose result was reused, has analysed data."""
    account = Account()
    account.objects[f"{FOLDER}/analysis.json"] = json.dumps(DOCUMENT).encode()
    account.objects[f"{FOLDER}/analysis.html"] = b"<!doctype html>"
    return account


@pytest.fixture
def analysis(tmp_path, monkeypatch):
    """Return a function that runs the command in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def call(account, *given, **options):
        return run(EnvironmentClients.of(ENVIRONMENTS["local"], account), *given, **options)

    return call


@pytest.mark.parametrize("given", [("demand",), ("demand", "abcdefghijkl")])
def test_findings_are_printed_and_the_page_is_saved(account, analysis, given, tmp_path, capsys):
    assert analysis(account, *given) == 0
    page = tmp_path / "analysis-Prepare-abcdefghijkl.html"
    assert page.read_text() == "<!doctype html>"
    printed = capsys.readouterr().out
    assert printed.startswith("Prepare: 1 row, 2 columns, 1 finding\n")
    assert "paid alone predicts sold." in printed and page.name in printed


def test_the_document_is_printed_as_json(account, analysis, tmp_path, capsys):
    assert analysis(account, "demand", output=tmp_path / "new", as_json=True) == 0
    file = str(tmp_path / "new/analysis-Prepare-abcdefghijkl.html")
    assert json.loads(capsys.readouterr().out) == [{"step": "Prepare", "file": file, **DOCUMENT}]


def test_pages_are_opened(account, analysis, tmp_path, monkeypatch):
    opened = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    analysis(account, "demand", open_page=True)
    assert opened == [(tmp_path / "analysis-Prepare-abcdefghijkl.html").as_uri()]


def test_an_execution_without_an_analysis_is_an_error_with_the_remedy(analysis):
    with pytest.raises(OperationError, match='has no analysis.*options={"analysis": "rows"}'):
        analysis(Account(), "demand")


def test_an_execution_of_another_pipeline_is_an_error(account, analysis):
    other = "arn:aws:sagemaker:us-east-1:123456789012:pipeline/redline-local-other"
    summaries = account.list_pipelines()["PipelineSummaries"]
    summaries.append({"PipelineName": "redline-local-other", "PipelineArn": other})
    account.list_pipelines = lambda **_: {"PipelineSummaries": summaries}
    with pytest.raises(OperationError, match="is one of demand, not of other"):
        analysis(account, "other", "abcdefghijkl")
