"""What differs between an execution and the previous one."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from operations.commands import describe as command
from tests.unit.operations.board.board_account import BoardAccount
from tests.unit.recorded_account import EARLIER, EXECUTION, START


class TwoRuns(BoardAccount):
    """An execution with an earlier one, whose limit was another."""

    def __init__(self, *, earlier=EARLIER):
        super().__init__()
        self.earlier, self.windows = earlier, []

    def list_pipeline_executions(self, *, CreatedBefore=None, **_):  # noqa: N803
        self.windows.append(CreatedBefore)
        found = [EXECUTION, *([self.earlier] if self.earlier else [])]
        return {
            "PipelineExecutionSummaries": [
                {"PipelineExecutionArn": arn, "StartTime": START} for arn in found
            ]
        }

    def describe_pipeline_execution(self, PipelineExecutionArn):  # noqa: N803
        if PipelineExecutionArn not in (EXECUTION, EARLIER):
            raise ClientError({"Error": {"Code": "ResourceNotFound"}}, "Describe")
        return super().describe_pipeline_execution(EXECUTION)

    def list_pipeline_parameters_for_execution(self, PipelineExecutionArn):  # noqa: N803
        limit = "0.5" if PipelineExecutionArn == EXECUTION else "0.7"
        return {"PipelineParameters": [{"Name": "Limit", "Value": limit}]}


def described(account, capsys):
    assert command.run(account.clients(), EXECUTION, as_json=True) == 0
    return json.loads(capsys.readouterr().out)


def test_a_parameter_that_differs_is_named(capsys):
    account = TwoRuns()
    previous = described(account, capsys)["previous"]
    assert previous["execution_id"] == "earlier12345"
    (limit,) = [row for row in previous["differences"] if row["name"] == "Limit"]
    assert (limit["a"], limit["b"]) == ("0.7", "0.5")
    assert START in account.windows


def test_the_text_names_what_differs(capsys):
    assert command.run(TwoRuns().clients(), EXECUTION) == 0
    shown = capsys.readouterr().out
    assert "Differences from the previous run earlier12345:" in shown
    assert "  Limit: 0.7 → 0.5" in shown


def test_the_first_run_has_no_previous_one(capsys):
    assert described(TwoRuns(earlier=None), capsys)["previous"] is None


def test_a_running_execution_is_not_compared(capsys):
    account = TwoRuns()
    account.status = "Executing"
    assert described(account, capsys)["previous"] is None


def test_the_origin_has_the_keys_and_digests(capsys):
    assert described(TwoRuns(), capsys)["origin"] == {"code_key": "demand/code.zip"}


@pytest.mark.parametrize("text", ["\x1b[2J"])
def test_control_characters_of_values_are_escaped(capsys, monkeypatch, text):
    monkeypatch.setattr(command, "origin_of", lambda _: {"code_key": text})
    assert command.run(TwoRuns().clients(), EXECUTION) == 0
    assert "\x1b[2J" not in capsys.readouterr().out
