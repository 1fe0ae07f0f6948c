"""The command `faults`."""

from __future__ import annotations

import json

import pytest

from local_cloud.cli import main
from local_cloud.server import running
from local_cloud.tests.recorded_server import record_server


@pytest.fixture
def state(tmp_path):
    with running(state=tmp_path) as cloud:
        record_server(cloud)
        yield tmp_path


def faults(capsys, state, *arguments, code=0):
    assert main(["--state", str(state), "faults", *arguments]) == code
    return capsys.readouterr()


def test_faults_are_injected_listed_and_cleared(state, capsys):
    assert faults(capsys, state).out == "Nothing goes wrong.\n"
    given = ["throttle", "--action", "sqs:*", "--role", "redline-*", "--times", "always"]
    shown = faults(capsys, state, *given).out
    assert all(word in shown for word in ("throttle", "sqs:*", "redline-*", "always"))
    listed = json.loads(faults(capsys, state, "--json").out)
    assert listed["hits"] == []
    assert listed["faults"][0]["times"] is None
    assert faults(capsys, state, "clear").out == "Nothing goes wrong.\n"


def test_the_fields_of_a_fault_are_shown_completely_and_unchanged(state, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    resource = f"arn:aws:s3:::{'lake' * 9}/[red]x[/red]/[/]"
    shown = faults(capsys, state, "error", "--resource", resource).out
    # It is wrapped into several lines.
    assert resource in "".join(shown.split())


def test_the_error_for_an_invalid_fault_lists_the_allowed_values(state, capsys):
    message = faults(capsys, state, "kill", "--action", "s3:*", code=2).err
    assert "laptop:RunHost" in message
