"""The command `smoke`: which environments it rejects, and what it prints."""

from __future__ import annotations

from dataclasses import replace

import boto3
import pytest
from botocore.stub import Stubber

from operations.commands import smoke as command
from operations.environment_clients import EnvironmentClients
from operations.smoke import SmokeError
from operations.smoke.phase import Phase
from stacks.config import ConfigurationError
from stacks.environments import ENVIRONMENTS


@pytest.fixture(autouse=True)
def _default_session(monkeypatch):
    """The command creates a default session, which other tests must not use."""
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)


@pytest.fixture
def smoke(tmp_path):
    """Run the command for an environment in an account that has these stacks (name -> status)."""

    def run(environment, stacks=()):
        client = boto3.client(
            "cloudformation", "us-east-1", aws_access_key_id="any", aws_secret_access_key="any"
        )
        with Stubber(client) as stub:
            summaries = [
                {"StackName": name, "StackId": name, "CreationTime": 0, "StackStatus": status}
                for name, status in dict(stacks).items()
            ]
            stub.add_response("list_stacks", {"StackSummaries": summaries})
            aws = EnvironmentClients.of(environment, lambda _name: client)
            return command.run(aws, recordings=tmp_path, deploy="true", destroy="true")

    return run


def test_an_environment_that_exists_is_not_touched(smoke, tmp_path):
    with pytest.raises(ConfigurationError, match="redline-dev-data exists.*make destroy ENV=dev"):
        smoke(
            ENVIRONMENTS["dev"],
            {"redline-dev-data": "UPDATE_COMPLETE", "payroll": "CREATE_COMPLETE"},
        )
    assert list(tmp_path.iterdir()) == []


def test_an_environment_that_retains_data_is_rejected(smoke):
    with pytest.raises(ConfigurationError, match="staging retains its data"):
        smoke(ENVIRONMENTS["staging"])


def test_an_environment_without_generated_data_is_rejected(smoke):
    with pytest.raises(ConfigurationError, match="dev does not allow generated data"):
        smoke(replace(ENVIRONMENTS["dev"], generated_data=False))


def test_an_environment_without_a_pipeline_of_the_run_is_rejected(smoke):
    pipelines = tuple(
        each for each in ENVIRONMENTS["dev"].pipelines if each.name != "tickit-monitor"
    )
    with pytest.raises(ConfigurationError, match="dev has no pipeline tickit-monitor"):
        smoke(replace(ENVIRONMENTS["dev"], pipelines=pipelines))


def test_a_failed_phase_has_its_reason_and_the_place_of_its_recording(smoke, monkeypatch, capsys):
    def fail(_run):
        raise SmokeError("no rows were loaded into sales")

    phases = (Phase("load", fail), Phase("destroy", lambda _run: "0 resources remain"))
    monkeypatch.setattr(command, "PHASES", phases)
    assert smoke(ENVIRONMENTS["dev"]) == 1
    output = capsys.readouterr().out
    assert "no rows were loaded into sales" in output
    assert "1-load.jsonl" in output
    assert "0 resources remain" in output
    assert "The smoke run of dev failed." in output


def test_a_destruction_that_fails_says_how_to_repeat_it(smoke, monkeypatch, capsys):
    def fail(_run):
        raise SmokeError("redline-dev-data: DELETE_FAILED")

    monkeypatch.setattr(command, "PHASES", (Phase("destroy", fail),))
    assert smoke(ENVIRONMENTS["dev"]) == 1
    assert "run `make destroy ENV=dev`" in capsys.readouterr().out
