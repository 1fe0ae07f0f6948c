"""What is read about an execution: from the APIs, and from the documents in the lake."""

from __future__ import annotations

import pytest

from prices import PriceTable
from run_report import Source, collect, page
from run_report.lake import MOST_BYTES
from tests.unit.recorded_account import EXECUTION, Account, entry, job


def facts(account):
    source = Source(client=account, environment="local", pipeline="demand", bucket="lake")
    return collect(source, EXECUTION)


def test_a_succeeded_execution():
    found = facts(Account())
    assert (found.pipeline, found.execution_id) == ("redline-local-demand", "abcdefghijkl")
    assert (found.status, found.seconds, found.started_by) == ("Succeeded", 30.0, "ada")
    assert [(each.name, each.value) for each in found.parameters] == [("Limit", "0.5")]
    assert found.properties == {"code_key": "demand/code.zip", "execution_id": "abcdefghijkl"}
    assert (found.package.version, found.package.model_uri) == (3, None)
    assert page(found).startswith("<!doctype html>")


def test_the_documents_are_those_of_the_execution_that_wrote_them():
    found = facts(Account())
    assert found.documents == {
        "Prepare/report/report-algo-1.json": {"rows": {"read": 3}},
        "Evaluate/evaluation/evaluation.json": {"a": 1},
    }
    assert found.steps[0].reused_from == "earlier12345"


def test_a_document_that_is_too_large_is_not_read():
    account = Account()
    (name,) = [key for key in account.objects if key.endswith("evaluation.json")]
    account.sizes[name] = MOST_BYTES + 1
    assert list(facts(account).documents) == ["Prepare/report/report-algo-1.json"]


def test_a_failed_step_has_its_reason_and_the_last_log_lines():
    account = Account(status="Failed")
    account.steps[1:] = [entry("Evaluate", "Failed", job("evaluate"), FailureReason="no rows")]
    evaluate, register = facts(account).steps[1:]
    assert (evaluate.reason, evaluate.log) == ("no rows", ("one", "two"))
    assert (register.status, register.seconds(facts(account).read_at)) == ("Not reached", None)


def test_a_job_without_a_log_has_no_lines():
    account = Account(status="Failed")
    account.steps[1:] = [entry("Evaluate", "Failed", job("evaluate"))]
    account.streams = {}
    assert facts(account).steps[1].log == ()


def test_the_message_of_a_fail_step_is_its_reason():
    message = "The model is not good enough"
    account = Account(status="Failed")
    account.steps[1:] = [entry("Evaluate", "Failed", {"Fail": {"ErrorMessage": message}})]
    assert facts(account).steps[1].reason == message


def test_the_cost_is_that_of_the_jobs_that_the_execution_started():
    (evaluate,) = facts(Account()).costs
    assert (evaluate.step, evaluate.used.count, evaluate.used.seconds) == ("Evaluate", 2, 3600)
    assert evaluate.usd == 2 * PriceTable.read().price("processing ml.m5.large", "us-east-1").usd


def test_a_running_execution_has_no_end():
    account = Account(status="Executing")
    account.steps = []
    found = facts(account)
    assert (found.ended, {step.status for step in found.steps}) == (None, {"Waiting"})
    assert found.documents == {}


@pytest.mark.parametrize("kind", ["Lambda", "TuningJob", "AutoMLJob"])
def test_the_logs_that_the_function_may_not_read_are_not_requested(kind):
    account = Account(status="Failed")
    arn = "arn:aws:lambda:us-east-1:123456789012:function:evaluate"
    account.steps[1:] = [entry("Evaluate", "Failed", {kind: {"Arn": arn}})]
    account.describe_log_streams = None
    assert facts(account).steps[1].log == ()
