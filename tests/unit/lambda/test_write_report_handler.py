"""The function that writes the report of an execution."""

from __future__ import annotations

from tests.unit.recorded_account import EXECUTION, Account

KEY = "reports/demand/abcdefghijkl/report.html"


def test_the_report_is_where_model_packages_say(load_handler, monkeypatch, context):
    account, module = Account(), load_handler("write_report")
    monkeypatch.setattr(module, "client", account)
    for name, value in (("ENVIRONMENT", "local"), ("PIPELINE", "demand"), ("LAKE_BUCKET", "lake")):
        monkeypatch.setenv(name, value)
    for _ in range(2):  # EventBridge may send an event twice
        module.handler({"detail": {"pipelineExecutionArn": EXECUTION}}, context)
    ((key, request),) = account.written.items()
    assert (request["Bucket"], key) == ("lake", KEY)
    assert request["ContentType"] == "text/html; charset=utf-8"
    assert request["Body"].startswith(b"<!doctype html>")
