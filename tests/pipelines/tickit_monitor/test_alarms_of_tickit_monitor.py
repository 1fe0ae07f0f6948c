"""The alarms of tickit-monitor with labels: thresholds of tickit's gate, and the retraining."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stacks.application import build_app, new_app
from stacks.config import ConfigurationError, Pipeline, Schedule
from stacks.environments import ENVIRONMENTS
from tests.synthesis import joined, synthesise

pytestmark = pytest.mark.slow

DAILY = Schedule(expression="rate(1 day)")
TICKIT = Pipeline(name="tickit", schedule=DAILY, parameters={"MaxErrorRatio": 0.85})
MONITOR = Pipeline(
    name="tickit-monitor",
    models_of="tickit",
    retrains=True,
    schedule=DAILY,
    options={"labels": "warehouse"},
)
PART = "tickit-monitor"


@pytest.fixture(scope="module")
def labelled():
    return synthesise(replace(ENVIRONMENTS["local"], pipelines=(TICKIT, MONITOR)))


def alarm(environment):
    alarms = environment.resources(PART, "AWS::CloudWatch::Alarm").items()
    (found,) = [each["Properties"] for name, each in alarms if name.startswith("Quality")]
    return found


def test_the_threshold_is_that_of_the_gate_in_this_environment(labelled):
    found = alarm(labelled)
    assert found["AlarmName"] == "redline-local-tickit-monitor-rmse-ratio"
    assert (found["Namespace"], found["MetricName"]) == ("Redline", "rmse_ratio")
    assert found["Dimensions"] == [{"Name": "Pipeline", "Value": "redline-local-tickit"}]
    assert (found["Threshold"], found["ComparisonOperator"]) == (0.85, "GreaterThanThreshold")
    assert (found["Statistic"], found["TreatMissingData"]) == ("Maximum", "ignore")
    assert len(found["AlarmActions"]) == 1


def test_lower_quality_starts_the_training_as_drift_does(labelled):
    rules = labelled.resources(PART, "AWS::Events::Rule")
    (rule,) = [each["Properties"] for name, each in rules.items() if name.startswith("Retraining")]
    watched = [joined(each) for each in rule["EventPattern"]["resources"]]
    assert [each.partition(".")[0][:13] for each in watched] == ["<DriftDrifted", "<QualityRmseR"]


def test_the_dashboard_has_the_metric(labelled):
    body = joined(labelled.the("operations", "AWS::CloudWatch::Dashboard")["DashboardBody"])
    assert "rmse_ratio" in body


def test_the_drift_of_bias_has_an_alarm_that_starts_no_training():
    served = Pipeline(name="census", schedule=DAILY, options={"bias": "checked"})
    monitor = Pipeline(
        name="census-monitor",
        models_of="census",
        retrains=True,
        schedule=DAILY,
        options={"bias": "measured"},
    )
    app = synthesise(replace(ENVIRONMENTS["local"], pipelines=(served, monitor)))
    alarms = app.resources("census-monitor", "AWS::CloudWatch::Alarm").items()
    (found,) = [each["Properties"] for name, each in alarms if name.startswith("BiasDrift")]
    assert found["AlarmName"] == "redline-local-census-monitor-bias-drift"
    assert found["AlarmDescription"].endswith("Runbook: docs/runbook.md#bias-drift")
    assert (found["Namespace"], found["MetricName"]) == ("Redline", "DriftedBiasMetrics")
    assert found["Dimensions"] == [{"Name": "Pipeline", "Value": "redline-local-census"}]
    assert (found["Threshold"], found["TreatMissingData"]) == (1, "ignore")
    rules = app.resources("census-monitor", "AWS::Events::Rule")
    (rule,) = [each["Properties"] for name, each in rules.items() if name.startswith("Retraining")]
    assert "BiasDrift" not in str(rule["EventPattern"])
    body = joined(app.the("operations", "AWS::CloudWatch::Dashboard")["DashboardBody"])
    assert "DriftedBiasMetrics" in body


def test_bias_without_a_gate_on_bias_is_refused(tmp_path):
    served = Pipeline(name="census", schedule=DAILY)
    monitor = Pipeline(
        name="census-monitor", models_of="census", schedule=DAILY, options={"bias": "measured"}
    )
    with pytest.raises(ConfigurationError, match=r"census-monitor\.options.*measures bias\.json"):
        build_app(replace(ENVIRONMENTS["local"], pipelines=(served, monitor)), new_app(tmp_path))
