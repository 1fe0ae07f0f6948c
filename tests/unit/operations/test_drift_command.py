"""What the runs of a monitoring pipeline measured."""

from __future__ import annotations

import json

import pytest

from operations import OperationError
from operations.commands import drift as command
from tests.unit.operations.board.board_account import BoardAccount
from tests.unit.recorded_account import BODY

DOCUMENT = {
    "rows": 200,
    "drift_metrics": {
        "largest_distance": {"value": 0.4},
        "distance": {"price": {"value": 0.4}, "day": {"value": 0.1}},
        "unseen_share": {"price": {"value": 0.2}},
    },
    "drifted_columns": ["price"],
    "broken_columns": [],
    "findings": [{"column": "price", "measure": "unseen_share", "value": 0.2, "limit": 0.01}],
    "violations": [{"feature_name": "price", "constraint_check_type": "baseline_drift_check"}],
}


class Monitored(BoardAccount):
    """A pipeline whose step Evaluate writes drift.json."""

    def __init__(self, document=None):
        super().__init__(executions=1)
        if document is not None:
            key = "kept/demand/abcdefghijkl/Evaluate/evaluation/drift.json"
            self.objects[key] = json.dumps(document).encode()
        report = {"PropertyFileName": "D", "OutputName": "evaluation", "FilePath": "drift.json"}
        steps = [
            {**each, "PropertyFiles": [report]} if each["Name"] == "Evaluate" else each
            for each in BODY["Steps"]
        ]
        limit = {"Name": "MaxUnseenShare", "Type": "Float", "DefaultValue": 0.01}
        parameters = [*BODY["Parameters"], limit]
        self.body = {**BODY, "Parameters": parameters, "Steps": steps}

    def describe_pipeline(self, PipelineName):  # noqa: N803
        return {
            **super().describe_pipeline(PipelineName),
            "PipelineDefinition": json.dumps(self.body),
        }


def measured(capsys, document=None):
    assert command.run(Monitored(document).clients(), "demand", as_json=True) == 0
    return json.loads(capsys.readouterr().out)


def test_columns_have_values_limits_and_the_runs_with_findings(capsys):
    columns = {(each["column"], each["measure"]): each
               for each in measured(capsys, DOCUMENT)["columns"]}  # fmt: skip
    unseen = columns["price", "unseen_share"]
    assert unseen["values"] == [0.2]
    assert unseen["limit"] == 0.01
    assert unseen["found"] == ["abcdefghijkl"]
    assert columns["price", "distance"]["limit"] is None
    assert columns["day", "distance"]["found"] == []


def test_the_alarms_have_their_states(capsys):
    (alarm,) = measured(capsys, DOCUMENT)["alarms"]
    assert alarm["state"] == "ALARM"


def test_a_run_that_measured_nothing_is_shown(capsys):
    found = measured(capsys)
    assert found["runs"][0]["document"] is None
    assert found["columns"] == []


def test_the_text_has_runs_columns_and_alarms(capsys):
    assert command.run(Monitored(DOCUMENT).clients(), "demand") == 0
    shown = capsys.readouterr().out
    assert "price" in shown
    assert "of the baseline" in shown
    assert "ALARM since" in shown


def test_a_pipeline_that_measures_no_drift_is_refused():
    with pytest.raises(OperationError, match=r"demand measures no drift.*drift\.json"):
        command.run(BoardAccount().clients(), "demand")
