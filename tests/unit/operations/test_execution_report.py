"""The report of an execution on terminals of any width."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from rich.console import Console

from operations.executions.progress import print_json
from operations.executions.report import print_report
from operations.executions.summary import StepSummary, Summary

STEP = StepSummary(
    name="Train",
    type="Training",
    status="Succeeded",
    seconds=1234.5,
    attempts=1,
    reused_from="abcdefghijkl",
    reason=None,
    metadata={},
)
SUMMARY = Summary(
    pipeline="redline-local-demand",
    execution_id="mnopqrstuvwx",
    execution_arn="arn:aws:sagemaker:us-east-1:1:pipeline/redline-local-demand/execution/mnopqrstu",
    display_name=None,
    status="Succeeded",
    failure_reason=None,
    started=datetime(2026, 1, 1, tzinfo=UTC),
    seconds=1234.5,
    started_by=None,
    parameters={},
    changed_parameters=(),
    steps=(STEP,),
    waiting_steps=("Evaluate",),
    metrics={"Report": {"metrics": {"accuracy_best_constant_classifier": {"value": 0.12345}}}},
    gates=(),
    packages=(),
)


@pytest.mark.parametrize("width", [20, 40, 80])
def test_no_width_cuts_a_value(width, capsys):
    print_report(SUMMARY, Console(highlight=False, width=width))
    shown = capsys.readouterr().out
    for text in ("seconds", "1234.5", "reused from abcdefghijkl", "not reached"):
        assert text in shown
    assert "accuracy_best_constant_classifier" in shown
    assert "0.1235" in shown


def test_times_of_json_are_in_iso_8601(capsys):
    print_json(SUMMARY)
    assert '"started": "2026-01-01T00:00:00+00:00"' in capsys.readouterr().out
