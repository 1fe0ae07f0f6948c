"""The stack of tickit-monitor: what its role may do, its alarms, and what an alarm starts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stacks.application import build_app, new_app
from stacks.config import ConfigurationError, Pipeline, Schedule
from stacks.environments import ENVIRONMENTS
from tests.unit.stacks.synthesised import PIPELINES, joined, statements, synthesised

PART = "tickit-monitor"


def named(environment, kind, name):
    """The properties of the resource whose logical id begins with `name`."""
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


def test_every_environment_watches():
    assert all(PART in pipelines for pipelines in PIPELINES.values())


def test_the_job_reads_what_was_captured_and_scored_and_the_models_baseline(local):
    (reading,) = granted(local, "s3:GetObject")
    read = {joined(path).rsplit(">", 1)[-1] for path in reading["Resource"]}
    assert {"/captured/tickit/*", "/runs/tickit-batch/*", "/kept/tickit/*"} <= read
    (listing,) = granted(local, "s3:ListBucket")
    prefixes = listing["Condition"]["StringLike"]["s3:prefix"]
    assert {"captured/tickit/*", "runs/tickit-batch/*"} <= {str(each) for each in prefixes}
    (writing,) = granted(local, "s3:PutObject")
    assert all("tickit-monitor" in joined(path) for path in writing["Resource"])


def test_the_job_puts_metrics_in_our_namespace_and_no_other(local):
    (putting,) = granted(local, "cloudwatch:PutMetricData")
    allowed = putting["Condition"]["StringLike"]["cloudwatch:namespace"]
    assert allowed == ["/aws/sagemaker/*", "Redline"]


@pytest.mark.parametrize(
    ("name", "metric"), [("Drifted", "DriftedColumns"), ("Broken", "BrokenColumns")]
)
def test_an_alarm_stays_as_the_last_check_left_it_and_tells_people(local, name, metric):
    alarm = named(local, "AWS::CloudWatch::Alarm", f"Drift{name}")
    assert alarm["AlarmName"] == f"redline-local-tickit-monitor-{name.lower()}"
    assert (alarm["Namespace"], alarm["MetricName"]) == ("Redline", metric)
    assert alarm["Dimensions"] == [{"Name": "Pipeline", "Value": "redline-local-tickit"}]
    assert (alarm["Threshold"], alarm["EvaluationPeriods"]) == (1, 1)
    assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
    assert alarm["TreatMissingData"] == "ignore"
    assert len(alarm["AlarmActions"]) == 1


def test_the_beginning_of_the_alarm_starts_the_pipeline_that_trains(local):
    rule = named(local, "AWS::Events::Rule", "RetrainingRule")
    pattern = rule["EventPattern"]
    assert pattern["detail-type"] == ["CloudWatch Alarm State Change"]
    assert pattern["detail"] == {"state": {"value": ["ALARM"]}}
    (alarm,) = pattern["resources"]
    assert joined(alarm).startswith("<DriftDrifted")
    (target,) = rule["Targets"]
    assert joined(target["Arn"]).endswith(":pipeline/redline-local-tickit")
    assert joined(target["DeadLetterConfig"]["Arn"]).startswith("<RetrainingFailedStarts")
    policy = named(local, "AWS::IAM::Policy", "RetrainingPolicy")
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert statement["Action"] == "sagemaker:StartPipelineExecution"
    assert statement["Resource"] == target["Arn"]


def test_the_names_are_shown(local):
    outputs = set(local.templates[PART]["Outputs"])
    assert {"DriftAlarmName", "RetrainingRuleName"} <= outputs


def test_without_retraining_the_alarm_only_tells():
    dev = synthesised("dev")
    assert named(dev, "AWS::CloudWatch::Alarm", "DriftDrifted")["AlarmActions"]
    rules = dev.resources(PART, "AWS::Events::Rule")
    assert [name for name in rules if name.startswith("Retraining")] == []
    assert "RetrainingRuleName" not in dev.templates[PART]["Outputs"]


def test_a_pipeline_that_watches_nothing_cannot_have_another_trained(tmp_path):
    blind = Pipeline(
        name="tickit-batch",
        models_of="tickit",
        retrains=True,
        schedule=Schedule(expression="rate(1 day)"),
    )
    local = ENVIRONMENTS["local"]
    others = tuple(each for each in local.pipelines if each.name == "tickit")
    with pytest.raises(ConfigurationError, match=r"tickit-batch\.retrains"):
        build_app(replace(local, pipelines=(*others, blind)), new_app(tmp_path))


def test_whoever_retrains_says_which_pipeline():
    with pytest.raises(ConfigurationError, match=r"tickit-monitor\.retrains.*models_of"):
        Pipeline(name="tickit-monitor", retrains=True, schedule=Schedule(expression="rate(1 day)"))
