"""The commands start, runs, describe, logs, stop and retry, with text and JSON output."""

from __future__ import annotations

import json

import pytest

from local_cloud.tests.sagemaker.conftest import (
    bucket,
    cloud,
    faults,
    role,
    s3,
    sagemaker,
    workshop,
)
from operations import cli
from operations.environment_clients import EnvironmentClients
from operations.executions.lookup import find_execution, find_pipeline
from operations.executions.progress import wait

__all__ = ["bucket", "cloud", "faults", "role", "s3", "sagemaker", "workshop"]

RETRY = {
    "ExceptionType": ["SageMaker.JOB_INTERNAL_ERROR"],
    "IntervalSeconds": 1,
    "BackoffRate": 1,
}
SCRIPT = """
import json, pathlib
print("fitting\\n42 rows")
metrics = {"rmse": {"value": 3.0, "standard_deviation": 0.25}, "rmse_ratio": {"value": 0.75}}
report = pathlib.Path("/opt/ml/processing/output/out/evaluation.json")
report.write_text(json.dumps({"regression_metrics": metrics}))
"""


@pytest.fixture
def pipeline(workshop) -> str:
    """A pipeline: Evaluate, a gate on the parameter Limit, and a Fail step after it."""
    request = workshop.processing(SCRIPT, outputs={"out": workshop.uri("out")})
    file = {"PropertyFileName": "Report", "OutputName": "out", "FilePath": "evaluation.json"}
    evaluate = workshop.step("Evaluate", "Processing", request, PropertyFiles=[file])
    source = {"Get": "Steps.Evaluate.PropertyFiles.Report"}
    gate = {
        "Type": "LessThanOrEqualTo",
        "LeftValue": {
            "Std:JsonGet": {"PropertyFile": source, "Path": "regression_metrics.rmse_ratio.value"}
        },
        "RightValue": {"Get": "Parameters.Limit"},
    }
    reject = workshop.step("Reject", "Fail", {"ErrorMessage": "the ratio is too high"})
    check = workshop.step(
        "Check", "Condition", {"Conditions": [gate], "IfSteps": [], "ElseSteps": [reject]}
    )
    return workshop.pipeline(
        [evaluate, check], [{"Name": "Limit", "Type": "Float", "DefaultValue": 0.9}]
    )


class OfWorkshop(EnvironmentClients):
    """The pipelines of the workshop as those of an environment."""

    prefix = "pipe-"


LAKE = {
    "Resources": {"Name": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String"}}},
    "Outputs": {"LakeBucketName": {}},
}


@pytest.fixture
def aws(cloud, bucket):
    """The environment of the pipelines, whose lake is the bucket of the workshop."""
    template = json.loads(json.dumps(LAKE))
    template["Resources"]["Name"]["Properties"]["Value"] = bucket
    template["Outputs"]["LakeBucketName"]["Value"] = bucket
    cloudformation = cloud.client("cloudformation")
    cloudformation.create_stack(StackName="pipe-data", TemplateBody=json.dumps(template))
    cloudformation.get_waiter("stack_create_complete").wait(
        StackName="pipe-data", WaiterConfig={"Delay": 1}
    )
    yield OfWorkshop("local", cloud.region, cloud.client, is_laptop=True)
    cloudformation.delete_stack(StackName="pipe-data")
    cloudformation.get_waiter("stack_delete_complete").wait(
        StackName="pipe-data", WaiterConfig={"Delay": 1}
    )


@pytest.fixture
def call(aws, monkeypatch, capsys):
    """Run a command. Return its exit code and its output, or the error if it could not start."""
    monkeypatch.setattr(cli, "connect", lambda _environment, _state: aws)

    def run(*words: str, as_json: bool = False):
        code = cli.main([*words, "--json"] if as_json else list(words))
        printed = capsys.readouterr()
        if code == 2:
            return code, printed.err
        return code, json.loads(printed.out) if as_json else printed.out

    return run


def test_start_waits_and_prints_a_report(pipeline, call):
    code, printed = call("start", pipeline)
    assert code == 0
    for words in (
        "Evaluate             Succeeded",
        "✓  Evaluate",
        "Reject",
        "not reached",
        "rmse",
        "3",
        "0.25",
        "Check: regression_metrics.rmse_ratio.value (0.75) ≤ Limit (0.9) holds",
        "Succeeded",
    ):
        assert words in printed


def test_start_exits_with_1_when_the_gate_does_not_pass(pipeline, call):
    code, printed = call("start", pipeline, "-p", "Limit=0.5")
    assert code == 1
    assert "(0.75) ≤ Limit (0.5) does not hold" in printed
    assert "Failed: Step failure: One or multiple steps failed." in printed
    assert "Reject: the ratio is too high" in printed


def test_a_failed_job_names_the_command_that_shows_its_logs(workshop, call):
    step = workshop.step("Break", "Processing", workshop.processing("1 / 0"))
    code, printed = call("start", workshop.pipeline([step]))
    assert code == 1
    execution_id = printed.split(" · ")[1]
    assert f"redline logs {execution_id} Break" in printed
    code, printed = call("logs", execution_id, "Break")
    assert printed.rstrip().endswith("ZeroDivisionError: division by zero")


def test_start_prints_one_document_as_json(pipeline, call):
    code, document = call("start", pipeline, "--display-name", "mine", as_json=True)
    assert code == 0
    assert document["status"] == "Succeeded"
    assert document["display_name"] == "mine"
    assert document["parameters"] == {"Limit": "0.9"}
    assert [(step["name"], step["status"]) for step in document["steps"]] == [
        ("Evaluate", "Succeeded"),
        ("Check", "Succeeded"),
    ]
    metrics = document["metrics"]["Report"]["regression_metrics"]
    assert metrics["rmse"]["value"] == 3.0
    (gate,) = document["gates"]
    assert gate["outcome"] is True
    assert gate["comparisons"][0]["left_value"] == 0.75
    described = call("describe", document["execution_id"], as_json=True)[1]
    assert described == {**document, "origin": described["origin"], "previous": None}


def test_start_can_return_without_waiting_and_stop_ends_the_execution(workshop, call):
    script = "import time; time.sleep(60)"
    step = workshop.step("Slow", "Processing", workshop.processing(script))
    name = workshop.pipeline([step])
    _, started = call("start", name, "--no-wait", as_json=True)
    code, printed = call("stop", started["execution_id"])
    assert (code, printed) == (0, f"Execution {started['execution_id']} is stopping.\n")
    described = workshop.wait(started["execution_arn"])
    assert described["PipelineExecutionStatus"] == "Stopped"
    code, error = call("stop", started["execution_id"])
    assert code == 2
    assert "Only pipelines with 'Executing' status" in error


def test_executions_are_listed_newest_first(pipeline, call):
    _, first = call("start", pipeline, as_json=True)
    _, second = call("start", pipeline, "-p", "Limit=0.5", as_json=True)
    _, listed = call("runs", pipeline, as_json=True)
    assert [(entry["execution_id"], entry["status"]) for entry in listed] == [
        (second["execution_id"], "Failed"),
        (first["execution_id"], "Succeeded"),
    ]
    _, printed = call("runs")
    assert first["execution_id"] in printed


def test_logs_of_several_hosts_name_the_host(workshop, call):
    script = """
import json
print("I am", json.load(open("/opt/ml/config/resourceconfig.json"))["current_host"])
"""
    step = workshop.step("Hosts", "Processing", workshop.processing(script, count=2))
    outcome = workshop.run(workshop.pipeline([step]))
    _, printed = call("logs", outcome.arn, "Hosts")
    assert printed == "algo-1  I am algo-1\nalgo-2  I am algo-2\n"
    _, document = call("logs", outcome.arn, "Hosts", as_json=True)
    assert document[0]["message"] == "I am algo-1"


def test_the_error_for_an_unknown_name_lists_existing_names(pipeline, workshop, sagemaker, call):
    outcome = workshop.run(pipeline)
    for command, words, message in [
        ("start", ["nothing"], "'nothing' does not identify one pipeline. Deployed: "),
        ("start", ["nothing"], pipeline.removeprefix("pipe-")),
        ("describe", ["zzz"], "no execution 'zzz'"),
        (
            "logs",
            [outcome.id, "Later"],
            "has not started a step 'Later'. Started steps: Evaluate, Check",
        ),
        ("logs", [outcome.id, "Check"], "Check runs no job"),
        ("start", [pipeline, "-p", "Limt=1"], "['Limt'] are not defined"),
    ]:
        code, error = call(command, *words)
        assert code == 2
        assert message in error


def test_a_parameter_must_be_an_assignment(pipeline, call):
    code, error = call("start", pipeline, "-p", "Limit")
    assert code == 2
    assert "'Limit' is not of the form NAME=VALUE" in error


def test_short_names_and_latest_are_found(pipeline, workshop, aws):
    assert find_pipeline(aws, pipeline.removeprefix("pipe-")) == pipeline
    outcome = workshop.run(pipeline)
    assert find_execution(aws, "latest") == outcome.arn
    assert find_execution(aws, outcome.id) == outcome.arn


def test_start_from_a_step_uses_the_newest_execution_for_other_steps(pipeline, call):
    _, whole = call("start", pipeline, as_json=True)
    _, part = call("start", pipeline, "--from", "Check", "-p", "Limit=0.7", as_json=True)
    steps = {step["name"]: step for step in part["steps"]}
    assert steps["Evaluate"]["reused_from"] == whole["execution_id"]
    assert part["gates"][0]["outcome"] is False
    assert part["status"] == "Failed"


def test_start_from_a_step_needs_an_earlier_execution(pipeline, call):
    code, error = call("start", pipeline, "--from", "Check")
    assert code == 2
    assert "in which all of these steps succeeded: Evaluate" in error
    _, error = call("start", pipeline, "--from", "Chek")
    assert "has no step 'Chek'; it has: Evaluate, Check" in error


def test_what_differs_from_the_defaults_is_shown(pipeline, call):
    _, document = call("start", pipeline, "-p", "Limit=0.8", as_json=True)
    assert document["started_by"] == "administrator"
    assert document["changed_parameters"] == [{"name": "Limit", "value": "0.8", "default": 0.9}]
    _, printed = call("describe", "latest")
    assert "Limit = 0.8 (default 0.9)" in printed
    _, listed = call("runs", "--limit", "1", as_json=True)
    assert [each["execution_id"] for each in listed] == [document["execution_id"]]


def test_a_failed_execution_is_retried_and_followed(pipeline, call):
    _, failed = call("start", pipeline, "-p", "Limit=0.5", as_json=True)
    code, again = call("retry", failed["execution_id"], as_json=True)
    assert (code, again["status"]) == (1, "Failed")
    assert again["execution_id"] == failed["execution_id"]
    _, succeeded = call("start", pipeline, as_json=True)
    code, error = call("retry", succeeded["execution_id"])
    assert code == 2
    assert "can be retried" in error


def test_a_running_execution_is_followed(workshop, call):
    step = workshop.step("Short", "Processing", workshop.processing("import time; time.sleep(1)"))
    name = workshop.pipeline([step])
    call("start", name, "--no-wait")
    _, running = call("describe", f"{name}/latest")
    assert "not reached" not in running
    code, printed = call("describe", f"{name}/latest", "--follow")
    assert code == 0
    assert "Short                Succeeded" in printed


def test_commands_show_how_often_a_step_was_tried(workshop, aws, capsys, faults):
    faults.inject("lost_instance")
    policies = [{**RETRY, "MaxAttempts": 1}]
    request = workshop.processing("import time; time.sleep(1)")
    step = workshop.step("Unlucky", "Processing", request, RetryPolicies=policies)
    once = workshop.step("Lucky", "Processing", workshop.processing(""), DependsOn=["Unlucky"])
    execution = workshop.start(workshop.pipeline([step, once]))
    assert wait(aws, execution, json=False) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    unlucky = words_of(lines, "Unlucky")
    assert "Executing attempt 2" in unlucky
    done = [words for words in unlucky if words.startswith("Succeeded")]
    assert [words.endswith("2 attempts") for words in done] == [True, True]
    assert not any("attempt" in words for words in words_of(lines, "Lucky"))


def words_of(lines, name):
    """Return the text after a step's name, line by line."""
    return [" ".join(line[line.index(name) + 1 :]) for line in lines if name in line]
