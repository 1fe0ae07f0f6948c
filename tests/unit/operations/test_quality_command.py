"""The quality that the runs of a monitoring pipeline measured on labelled requests."""

from __future__ import annotations

import json

import pytest

from operations import OperationError
from operations.commands import quality as command
from tests.unit.operations.board.board_account import BoardAccount
from tests.unit.recorded_account import BODY

LABELS = {"predicted": 300, "joined": 250, "missing": 50, "late": 7, "invalid": 0, "unreadable": 0}
COLLECTION = {"rows": 300, "labels": LABELS}
QUALITY = {
    "outcome": "Measured",
    "regression_metrics": {"rmse": {"value": 2.5}, "rmse_baseline": {"value": 4.0}},
}
BIAS = {"outcome": "NotMeasurable", "reason": "column sex: 0 of 250 rows are 'Female'"}


class Monitored(BoardAccount):
    """A pipeline whose step Evaluate writes the documents of a monitor."""

    def __init__(self, **documents):
        super().__init__(executions=1)
        for name, document in documents.items():
            key = f"kept/demand/abcdefghijkl/Evaluate/evaluation/{name}.json"
            self.objects[key] = json.dumps(document).encode()
        files = [
            {"PropertyFileName": each, "OutputName": "evaluation", "FilePath": f"{each}.json"}
            for each in ("quality", "bias", "collection")
        ]
        steps = [
            {**each, "PropertyFiles": files} if each["Name"] == "Evaluate" else each
            for each in BODY["Steps"]
        ]
        self.body = {**BODY, "Steps": steps}

    def describe_pipeline(self, PipelineName):  # noqa: N803
        return {
            **super().describe_pipeline(PipelineName),
            "PipelineDefinition": json.dumps(self.body),
        }


def measured(capsys, **documents):
    assert command.run(Monitored(**documents).clients(), "demand", as_json=True) == 0
    (run,) = json.loads(capsys.readouterr().out)["runs"]
    return run


def test_a_run_has_labels_outcome_and_metrics_without_baselines(capsys):
    run = measured(capsys, collection=COLLECTION, quality=QUALITY)
    assert (run["labels"], run["outcome"]) == (LABELS, "Measured")
    assert run["metrics"] == {"rmse": 2.5}


def test_the_increase_and_the_drift_of_bias_are_metrics(capsys):
    drift = {"outcome": "Compared", "drifted_bias_metrics": {"value": 2}, "violations": []}
    bias = {"outcome": "Measured", "bias_increase": {"value": 0.02}, "bias_drift": drift}
    run = measured(capsys, collection=COLLECTION, quality=QUALITY, bias=bias)
    assert run["metrics"] == {"rmse": 2.5, "bias_increase": 0.02, "drifted_bias_metrics": 2}


def test_too_few_labels_are_a_named_outcome(capsys):
    run = measured(capsys, collection=COLLECTION)
    assert (run["outcome"], run["metrics"]) == ("TooFewLabels", {})


def test_a_run_without_a_model_has_no_labels(capsys):
    assert measured(capsys)["outcome"] == "NoLabels"


def test_the_text_has_counts_reasons_metrics_and_alarms(capsys):
    account = Monitored(collection=COLLECTION, quality=QUALITY, bias=BIAS)
    assert command.run(account.clients(), "demand") == 0
    shown = capsys.readouterr().out
    assert "column sex: 0 of 250 rows" in shown
    assert "ALARM since" in shown
    assert ["rmse", "2.5"] in [line.split() for line in shown.splitlines()]


def test_a_pipeline_that_measures_no_quality_is_refused():
    with pytest.raises(OperationError, match=r"demand measures no quality.*quality\.json"):
        command.run(BoardAccount().clients(), "demand")
