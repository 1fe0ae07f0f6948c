"""The metrics of a run in the embedded metric format."""

from __future__ import annotations

import json

import pytest

from execution_reader.gates import Gate
from local_cloud.events.embedded_metrics import embedded_metrics
from run_report.run_metrics import run_metrics
from tests.unit.run_report.sample_facts import EVALUATION, facts, job_cost, step
from tests.unit.run_report.test_mail import GATE

DOCUMENTS = {
    "Evaluate/evaluation/evaluation.json": EVALUATION,
    "Prepare/report/report-algo-1.json": {"rows": {"read": 30, "train": 20}},
}


def put(**changed):
    """Dimensions and name -> value, as CloudWatch reads the log events."""
    return {
        (*(each["Value"] for each in datum["Dimensions"]), datum["MetricName"]): datum["Values"][0]
        for event in run_metrics(facts(**changed))
        for namespace, data in embedded_metrics(json.dumps(event, allow_nan=False))
        for datum in data
        if namespace == "Redline"
    }


def test_a_run_has_its_outcome_minutes_rows_and_error_ratio():
    pipeline, found = facts().pipeline, put(documents=DOCUMENTS, gates=())
    assert found[pipeline, "RunsSucceeded"] == 1
    assert found[pipeline, "RunsFailed"] == found[pipeline, "RunsRejected"] == 0
    assert found[pipeline, "RunMinutes"] == facts().seconds / 60
    assert found[pipeline, "RowsRead"] == 30
    assert found[pipeline, "ErrorRatio"] == 0.463


def test_a_run_has_its_cost_if_the_price_of_each_job_is_known():
    known = (job_cost("Train", 0.6, 1800, count=2), job_cost("Evaluate", 0.6, 600))
    pipeline = facts().pipeline
    assert put(costs=known)[pipeline, "RunCost"] == pytest.approx(0.7)
    assert put(costs=())[pipeline, "RunCost"] == 0
    assert (pipeline, "RunCost") not in put(costs=(*known, job_cost("Score", None, 60)))


def test_a_rejected_run_did_not_fail_and_has_the_margin_of_its_gate():
    found = put(status="Failed", gates=(GATE,), documents={})
    pipeline = facts().pipeline
    assert (found[pipeline, "RunsRejected"], found[pipeline, "RunsFailed"]) == (1, 0)
    assert found[pipeline, "CheckError", "GateMargin"] == -0.07


def test_a_failed_run_without_documents_has_no_measures():
    found = put(status="Failed", gates=(), documents={}, steps=(step("Train", "Failed"),))
    assert found[facts().pipeline, "RunsFailed"] == 1
    assert (facts().pipeline, "RowsRead") not in found


def test_a_gate_without_numbers_has_no_margin():
    gate = Gate(step="HasModel", outcome=True, comparisons=())
    assert not [names for names in put(gates=(gate,)) if "GateMargin" in names]
