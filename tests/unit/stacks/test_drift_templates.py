"""The stack of demand-monitor: its role's permissions, its alarms, and the actions of an alarm."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stacks.application import build_app, new_app
from stacks.config import ConfigurationError, Pipeline, Schedule
from tests.application.environments import BASIC, DEMAND, FIXED
from tests.application.synthesised import synthesised
from tests.synthesis import joined, statements

PART = "demand-monitor"


def named(environment, kind, name):
    """The properties of the resource whose logical id starts with `name`."""
    (found,) = [
        found["Properties"]
        for logical, found in environment.resources(PART, kind).items()
        if logical.startswith(name)
    ]
    return found


def granted(environment, action):
    """The statements of the job role that allow an action."""
    policies = environment.resources(PART, "AWS::IAM::Policy").items()
    (policy,) = [each for name, each in policies if name.startswith("RolesProcessingRolePolicy")]
    return [each for each in statements(policy) if action in each["Action"]]


def test_the_job_reads_what_was_captured_and_scored_and_the_models_baseline(basic):
    (reading,) = granted(basic, "s3:GetObject")
    read = {joined(path).rsplit(">", 1)[-1] for path in reading["Resource"]}
    assert {"/captured/demand/*", "/runs/demand-batch/*", "/kept/demand/*"} <= read
    (listing,) = granted(basic, "s3:ListBucket")
    prefixes = listing["Condition"]["StringLike"]["s3:prefix"]
    assert {"captured/demand/*", "runs/demand-batch/*"} <= {str(each) for each in prefixes}
    (writing,) = granted(basic, "s3:PutObject")
    assert all("demand-monitor" in joined(path) for path in writing["Resource"])


def test_the_job_puts_metrics_in_our_namespace_and_no_other(basic):
    (putting,) = granted(basic, "cloudwatch:PutMetricData")
    allowed = putting["Condition"]["StringLike"]["cloudwatch:namespace"]
    assert allowed == ["/aws/sagemaker/*", "Redline"]


@pytest.mark.parametrize(
    ("name", "metric"), [("Drifted", "DriftedColumns"), ("Broken", "BrokenColumns")]
)
def test_an_alarm_keeps_the_state_of_the_last_check_and_publishes_it(basic, name, metric):
    alarm = named(basic, "AWS::CloudWatch::Alarm", f"Drift{name}")
    assert alarm["AlarmName"] == f"redline-basic-demand-monitor-{name.lower()}"
    assert (alarm["Namespace"], alarm["MetricName"]) == ("Redline", metric)
    assert alarm["Dimensions"] == [{"Name": "Pipeline", "Value": "redline-basic-demand"}]
    assert (alarm["Threshold"], alarm["EvaluationPeriods"]) == (1, 1)
    assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
    assert alarm["TreatMissingData"] == "ignore"
    assert len(alarm["AlarmActions"]) == 1


def test_the_beginning_of_the_alarm_starts_the_pipeline_that_trains(basic):
    rule = named(basic, "AWS::Events::Rule", "RetrainingRule")
    pattern = rule["EventPattern"]
    assert pattern["detail-type"] == ["CloudWatch Alarm State Change"]
    assert pattern["detail"] == {"state": {"value": ["ALARM"]}}
    (alarm,) = pattern["resources"]
    assert joined(alarm).startswith("<DriftDrifted")
    (target,) = rule["Targets"]
    assert joined(target["Arn"]).endswith(":pipeline/redline-basic-demand")
    assert joined(target["DeadLetterConfig"]["Arn"]).startswith("<RetrainingFailedStarts")
    policy = named(basic, "AWS::IAM::Policy", "RetrainingPolicy")
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert statement["Action"] == "sagemaker:StartPipelineExecution"
    assert statement["Resource"] == target["Arn"]


def test_the_names_are_shown(basic):
    outputs = set(basic.templates[PART]["Outputs"])
    assert {"DriftAlarmName", "RetrainingRuleName"} <= outputs


def test_without_retraining_the_alarm_only_tells():
    internet = synthesised("internet")
    assert named(internet, "AWS::CloudWatch::Alarm", "DriftDrifted")["AlarmActions"]
    rules = internet.resources(PART, "AWS::Events::Rule")
    assert [name for name in rules if name.startswith("Retraining")] == []
    assert "RetrainingRuleName" not in internet.templates[PART]["Outputs"]


def test_a_pipeline_that_watches_nothing_cannot_have_another_trained(tmp_path):
    blind = Pipeline(
        name="demand-batch",
        models_of="demand",
        retrains=True,
        schedule=Schedule(expression="rate(1 day)"),
    )
    with pytest.raises(ConfigurationError, match=r"demand-batch\.retrains"):
        build_app(replace(BASIC, pipelines=(DEMAND, blind)), new_app(tmp_path), **FIXED)


def test_retraining_requires_models_of():
    with pytest.raises(ConfigurationError, match=r"demand-monitor\.retrains.*models_of"):
        Pipeline(name="demand-monitor", retrains=True, schedule=Schedule(expression="rate(1 day)"))
