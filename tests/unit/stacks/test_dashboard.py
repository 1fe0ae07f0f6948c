"""The dashboard of an environment."""

from __future__ import annotations

import json

import pytest

from tests.application.environments import ENVIRONMENTS
from tests.application.synthesised import synthesised
from tests.synthesis import joined


@pytest.fixture(scope="module", params=["basic", "serverless"])
def body(request):
    """The widgets by their titles."""
    found = synthesised(request.param).the("operations", "AWS::CloudWatch::Dashboard")
    assert found["DashboardName"] == f"redline-{request.param}"
    widgets = json.loads(joined(found["DashboardBody"]))["widgets"]
    return {
        "environment": ENVIRONMENTS[request.param],
        **{each["properties"].get("title", "text"): each["properties"] for each in widgets},
    }


def test_each_subject_has_a_graph(body):
    assert {
        "Executions per day",
        "Longest execution per day, minutes",
        "Rows read, and error compared with the baseline",
        "Margin of gates (below 0: rejected)",
        "Drifted and broken columns",
        "Requests and errors per hour",
        "Messages in queues",
        "Warehouse",
    } <= set(body)


def test_each_enabled_pipeline_has_its_executions(body):
    name = body["environment"].name
    shown = json.dumps(body["Executions per day"]["metrics"])
    for pipeline in body["environment"].pipelines:
        assert f'"redline-{name}-{pipeline.name}"' in shown


def test_the_text_leads_to_alarms_and_commands(body):
    text = body["text"]["markdown"]
    assert f"alarmsV2:?search=redline-{body['environment'].name}-" in text
    assert "redline --env" in text
