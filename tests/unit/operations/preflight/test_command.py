"""The command `preflight`: exit codes, output, and the list of checks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from operations import cli
from operations.commands import preflight as command
from operations.environment_clients import EnvironmentClients
from operations.preflight import check as checks
from operations.preflight.check import Check, all_checks
from pipeline_code.source_files import source_files
from tests.application.synthesised import synthesised


@pytest.fixture
def run(monkeypatch, capsys):
    """Return a function that runs the command with one check; it returns exit code and output."""

    def run_with(*results, as_json=False):
        check = Check("zones", lambda _account: iter(results))
        monkeypatch.setattr(command, "all_checks", lambda: [check])
        found = synthesised("basic")
        aws = EnvironmentClients.of(found.environment, lambda _name: None)
        code = command.run(aws, app=found.folder, as_json=as_json)
        return code, capsys.readouterr().out

    return run_with


def test_a_deployment_that_would_fail_exits_with_1_and_shows_the_remedy(run):
    failure = ("us-east-1z", "fails", "not a zone of the account", "change the zone")
    code, output = run(failure, ("us-east-1a", "ok", "us-east-1a is use1-az1", ""))
    assert code == 1
    assert "fails  zones  us-east-1z  not a zone of the account" in output
    assert "us-east-1z\n  change the zone" in output
    assert "A deployment of basic would fail: 1 ok, 1 fail, 0 not checked." in output


def test_what_was_not_checked_fails_nothing_and_is_counted(run):
    code, output = run(("ListServiceQuotas", "not checked", "not available", "use an account"))
    assert code == 0
    assert "0 ok, 0 fail, 1 not checked." in output


def test_the_findings_are_printed_as_json(run):
    code, output = run(("us-east-1a", "ok", "found", ""), as_json=True)
    assert code == 0
    assert json.loads(output) == [
        {
            "check": "zones",
            "subject": "us-east-1a",
            "status": "ok",
            "found": "found",
            "remedy": "",
        }
    ]


def test_without_templates_of_the_environment_the_command_does_not_start(tmp_path, capsys):
    assert cli.main(["--env", "dev", "preflight", "--app", str(tmp_path)]) == 2
    assert "run `make synth ENV=dev` first" in capsys.readouterr().err


def test_each_module_of_the_folder_is_a_check():
    folder = Path(checks.checks.__path__[0])
    modules = {path.stem for path in source_files(folder, "*.py")} - {"__init__"}
    found = all_checks()
    assert len(found) == len(modules) == len({check.name for check in found})
