"""`deploy` with the real CDK CLI and an app that writes fixed templates."""

from __future__ import annotations

import argparse
import json
import sys

import pytest

from local_cloud.commands import deploy as deploy_command
from local_cloud.commands import load
from local_cloud.deployment.deploy_environment import deploy
from local_cloud.deployment.unmeasured_alarms import MEASURED
from local_cloud.errors import DeployFailed
from local_cloud.events import failure_metrics
from local_cloud.events.alarms import queue_metrics
from local_cloud.sagemaker.endpoints import endpoint_metrics
from local_cloud.state import read_deployment

# A substitute for app.py, which writes the assembly for the CLI.
APP = """
import json, os, pathlib
out = pathlib.Path(os.environ["CDK_OUTDIR"])
out.mkdir(parents=True)
context = json.loads(os.environ["CDK_CONTEXT_JSON"])
assert context["flag"] is True
name = "small-" + context["env"]
resources = json.loads(pathlib.Path("resources.json").read_text())
(out / "t.json").write_text(json.dumps({"Resources": resources}))
stack = {
    "type": "aws:cloudformation:stack",
    "environment": "aws://unknown-account/" + pathlib.Path("region").read_text(),
    "properties": {"templateFile": "t.json", "stackName": name},
    "displayName": name,
}
(out / "manifest.json").write_text(json.dumps({"version": "48.0.0", "artifacts": {name: stack}}))
"""
INVOCATION = endpoint_metrics.EndpointInvocation("e", "v", "c", 200, 0.1, 0.1, 1)
TOPIC = {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "one"}}


@pytest.fixture(scope="module")
def app(tmp_path_factory, repository):
    folder = tmp_path_factory.mktemp("app")
    (folder / "app.py").write_text(APP)
    settings = {"app": f"{sys.executable} app.py", "context": {"flag": True}}
    (folder / "cdk.json").write_text(json.dumps(settings))
    (folder / "node_modules").symlink_to(repository / "node_modules")
    (folder / "region").write_text("us-east-1")
    return folder


def write(app, **resources):
    (app / "resources.json").write_text(json.dumps(resources))


def test_it_is_deployed_again_in_place_and_recorded(app, cloud, stacks):
    write(app, Topic=TOPIC)
    deployed = deploy(cloud, "local", folder=app, report=lambda line: None)
    assert deployed.stacks == ("small-local",)
    assert deployed.resources == 1
    before = stacks.ids("small-local")["Topic"]

    changed = {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "two"}}
    write(app, Topic=changed, Queue={"Type": "AWS::SQS::Queue"})
    deploy(cloud, "local", folder=app, report=lambda line: None)
    assert stacks.ids("small-local")["Topic"] == before
    shown = cloud.client("sns").get_topic_attributes(TopicArn=before)
    assert shown["Attributes"]["DisplayName"] == "two"
    assert read_deployment(cloud.state).environment == "local"


def test_alarms_on_metrics_that_nothing_writes_are_listed(app, cloud, capsys, monkeypatch):
    watched = {"Namespace": "AWS/Redshift", "MetricName": "HealthStatus", "Statistic": "Minimum"}
    rule = {"Period": 60, "EvaluationPeriods": 1, "Threshold": 1}
    rule["ComparisonOperator"] = "LessThanThreshold"
    alarm = {"Type": "AWS::CloudWatch::Alarm", "Properties": watched | rule}
    own = {"Namespace": "Own", "MetricName": "Drift"}
    other = {"Type": "AWS::CloudWatch::Alarm", "Properties": watched | rule | own}
    write(app, Health=alarm, Drift=other)
    monkeypatch.chdir(app)
    arguments = argparse.Namespace(environment="watched", json=False)
    assert deploy_command.run(arguments, cloud) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1:] == [
        "Nothing here measures what these alarms watch, so their states never change:",
        "  small-watched: Health watches AWS/Redshift HealthStatus",
    ]


def test_the_measured_metrics_are_the_written_ones():
    put = {
        endpoint_metrics.NAMESPACE: set(endpoint_metrics._values(INVOCATION)),
        queue_metrics.NAMESPACE: {queue_metrics.METRIC},
        "AWS/Events": {
            *(failure_metrics.FAILED, failure_metrics.SENT_TO_DLQ),
            failure_metrics.NOT_SENT_TO_DLQ,
        },
        "AWS/Scheduler": {failure_metrics.START_NOT_SENT_TO_DLQ},
        "AWS/Lambda": {failure_metrics.ERRORS, failure_metrics.DEAD_LETTER_ERRORS},
    }
    assert put == MEASURED


def test_an_unsupported_type_is_refused_before_any_change(app, cloud, stacks):
    write(app, Topic=TOPIC, Odd={"Type": "AWS::Odd::Thing"})
    with pytest.raises(DeployFailed, match=r"(?s)Nothing was deployed.*Odd \(AWS::Odd::Thing\)"):
        deploy(cloud, "odd", folder=app, report=lambda line: None)


def test_a_resource_that_fails_fails_the_deployment_with_its_reason(app, cloud):
    write(app, Queue={"Type": "AWS::SQS::Queue", "Properties": {"Colour": "red"}})
    with pytest.raises(DeployFailed, match="does not support Colour"):
        deploy(cloud, "failing", folder=app, report=lambda line: None)


def test_another_region_is_refused(app, cloud):
    write(app, Topic=TOPIC)
    (app / "region").write_text("eu-west-1")
    with pytest.raises(DeployFailed, match="up --region eu-west-1"):
        deploy(cloud, "elsewhere", folder=app, report=lambda line: None)
    (app / "region").write_text("us-east-1")


def test_the_error_of_a_failed_synthesis_is_shown(app, cloud):
    (app / "resources.json").write_text("{")
    with pytest.raises(DeployFailed, match="JSONDecodeError"):
        deploy(cloud, "broken", folder=app, report=lambda line: None)


def test_a_folder_without_an_app_is_refused(tmp_path, cloud):
    with pytest.raises(DeployFailed, match=r"There is no cdk\.json"):
        deploy(cloud, "local", folder=tmp_path, report=lambda line: None)


def test_loading_needs_a_deployment(tmp_path, cloud):
    from dataclasses import replace

    with pytest.raises(load.NothingToLoad, match="deploy"):
        load.run(None, replace(cloud, state=tmp_path))
