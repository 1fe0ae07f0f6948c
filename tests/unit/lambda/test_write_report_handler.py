"""The function that writes the report of an execution."""

from __future__ import annotations

import pytest

from tests.unit.recorded_account import EXECUTION, Account

KEY = "reports/demand/abcdefghijkl/report.html"
SETTINGS = {
    "ENVIRONMENT": "local",
    "PIPELINE": "demand",
    "LAKE_BUCKET": "lake",
    "ALERT_TOPIC": "arn:topic",
    "AWS_REGION": "us-east-1",
}


class AlertingAccount(Account):
    """`published` are the requests of the alert topic."""

    def __init__(self, status):
        super().__init__(status=status)
        self.published = []

    def publish(self, **request):
        assert KEY in self.written
        self.published.append(request)


@pytest.fixture
def ended(load_handler, monkeypatch, context):
    """Let an execution end with a status, and return the account."""

    def end(status):
        account, module = AlertingAccount(status), load_handler("write_report")
        monkeypatch.setattr(module, "client", account)
        for name, value in SETTINGS.items():
            monkeypatch.setenv(name, value)
        detail = {"pipelineExecutionArn": EXECUTION, "currentPipelineExecutionStatus": status}
        for _ in range(2):  # EventBridge may send an event twice
            module.handler({"detail": detail}, context)
        return account

    return end


def test_the_report_is_where_model_packages_say(ended):
    account = ended("Succeeded")
    ((key, request),) = account.written.items()
    assert (request["Bucket"], key) == ("lake", KEY)
    assert request["ContentType"] == "text/html; charset=utf-8"
    assert request["Body"].startswith(b"<!doctype html>")
    assert account.published == []


@pytest.mark.parametrize("status", ["Failed", "Stopped"])
def test_a_failure_is_published_with_a_link_after_its_report(ended, status):
    first, second = ended(status).published
    assert first == second
    assert first["TopicArn"] == "arn:topic"
    assert first["Subject"].startswith("redline-local-demand ")
    assert f"/s3/object/lake?region=us-east-1&prefix={KEY}" in first["Message"]
