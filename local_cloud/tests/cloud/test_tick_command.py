"""`tick`: the look-up of the rule, and the output."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from local_cloud.cli import main
from local_cloud.commands.tick import RuleRejected, find_rule
from local_cloud.tests.recorded_server import record_server


@pytest.fixture(scope="module")
def rules(cloud):
    client = cloud.client("events")
    states = {"app-a": "DISABLED", "app-b": "ENABLED"}
    for pipeline, state in states.items():
        name = f"{pipeline}-schedule"
        client.put_rule(Name=name, ScheduleExpression="rate(1 day)", State=state)
        arn = f"arn:aws:sagemaker:us-east-1:123456789012:pipeline/{pipeline}"
        client.put_targets(
            Rule=name, Targets=[{"Id": "1", "Arn": arn, "RoleArn": "arn:aws:iam::1:role/r"}]
        )
    client.put_rule(Name="app-a-failed", EventPattern='{"source": ["aws.sagemaker"]}')
    return client


@pytest.mark.parametrize("name", ["app-a-schedule", "app-a", "a"])
def test_a_rule_is_found_by_its_name_or_its_pipeline(cloud, rules, name):
    assert find_rule(rules, cloud.client("scheduler"), name) == "app-a-schedule"


@pytest.mark.parametrize("name", ["c", "app-a-failed"])
def test_the_error_for_an_unknown_rule_lists_the_scheduled_rules(cloud, rules, name):
    with pytest.raises(RuleRejected, match="app-a-schedule, app-b-schedule"):
        find_rule(rules, cloud.client("scheduler"), name)


def test_a_fired_rule_shows_its_targets(cloud, capsys):
    client = cloud.client("events")
    logs = cloud.client("logs")
    logs.create_log_group(logGroupName="/events/fired")
    client.put_rule(Name="to-log", ScheduleExpression="rate(1 day)")
    arn = "arn:aws:logs:us-east-1:123456789012:log-group:/events/fired"
    client.put_targets(Rule="to-log", Targets=[{"Id": "1", "Arn": arn}])
    record_server(cloud)
    assert main(["--state", str(cloud.state), "tick", "to-log", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["deliveries"][0]["target_arn"] == arn
    streams = logs.describe_log_streams(logGroupName="/events/fired")["logStreams"]
    event = logs.get_log_events(
        logGroupName="/events/fired", logStreamName=streams[0]["logStreamName"]
    )["events"][0]
    assert json.loads(event["message"])["detail-type"] == "Scheduled Event"


def test_a_target_that_cannot_be_reached_fails_the_command(cloud, rules, capsys):
    assert main(["--state", str(cloud.state), "tick", "app-b"]) == 1
    assert "app-b-schedule →" in capsys.readouterr().err


def test_a_disabled_rule_is_rejected_because_eventbridge_never_fires_it(cloud, rules, capsys):
    """https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DisableRule.html"""
    assert main(["--state", str(cloud.state), "tick", "app-a"]) == 2
    shown = capsys.readouterr().err
    assert shown.startswith("the rule app-a-schedule is disabled, and EventBridge never fires")
    assert "`start`" in shown


def _cluster(cloud):
    redshift = cloud.client("redshift")
    redshift.create_cluster(
        ClusterIdentifier="ticked",
        NodeType="ra3.large",
        ClusterType="single-node",
        MasterUsername="admin",
        MasterUserPassword="Not-a-secret-1",
    )
    return redshift


def test_a_scheduled_action_pauses_the_cluster_and_statements_fail(cloud, make_role, allow, capsys):
    """The role and its trust policy are checked as on AWS."""
    redshift, status = _cluster(cloud), "ClusterStatus"
    policy = allow("redshift:PauseCluster", resource="*")
    roles = {
        "trusted": make_role("pauses", policy, "scheduler.redshift.amazonaws.com"),
        "of-another-service": make_role("pauses-not", policy, "lambda.amazonaws.com"),
        "without-permission": make_role(
            "resumes", allow("redshift:ResumeCluster"), "scheduler.redshift.amazonaws.com"
        ),
    }
    for name, role in roles.items():
        redshift.create_scheduled_action(
            ScheduledActionName=name,
            IamRole=role,
            Schedule="cron(0 20 ? * * *)",
            TargetAction={"PauseCluster": {"ClusterIdentifier": "ticked"}},
        )
    record_server(cloud)
    for name in ("of-another-service", "without-permission"):
        assert main(["--state", str(cloud.state), "tick", name]) == 1
    assert redshift.describe_clusters()["Clusters"][0][status] == "available"
    assert main(["--state", str(cloud.state), "tick", "trusted"]) == 0
    assert redshift.describe_clusters()["Clusters"][0][status] == "paused"
    with pytest.raises(ClientError, match="ticked is paused"):
        cloud.client("redshift-data").execute_statement(
            ClusterIdentifier="ticked", Database="dev", DbUser="admin", Sql="SELECT 1"
        )
