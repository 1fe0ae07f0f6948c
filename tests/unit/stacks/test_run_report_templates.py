"""The function that writes the reports of a pipeline's executions."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase

from run_report import report_key
from tests.synthesis import joined, statements

PART = "demand"


def allowed(environment, action):
    """The resources on which the function may use an action."""
    found = environment.resources(PART, "AWS::IAM::Policy").items()
    return {
        joined(resource)
        for name, policy in found
        if name.startswith("RunReportPolicy")
        for statement in statements(policy)
        if any(fnmatchcase(action, pattern) for pattern in statement["Action"])
        for resource in statement["Resource"]
    }


def rule(environment):
    found = environment.resources(PART, "AWS::Events::Rule").items()
    (rule,) = [each["Properties"] for name, each in found if name.startswith("RunReport")]
    return rule


def test_the_function_runs_when_an_execution_of_the_pipeline_ends(environment):
    pattern = rule(environment)["EventPattern"]
    assert pattern["detail-type"] == ["SageMaker Model Building Pipeline Execution Status Change"]
    detail = pattern["detail"]
    assert detail["currentPipelineExecutionStatus"] == ["Succeeded", "Failed", "Stopped"]
    (arn,) = detail["pipelineArn"]
    assert joined(arn).endswith(f":pipeline/redline-{environment.environment.name}-demand")


def test_it_reads_documents_of_the_pipeline_and_writes_only_reports(environment):
    assert {arn.partition("/")[2] for arn in allowed(environment, "s3:PutObject")} == {
        "reports/demand/*"
    }
    assert {arn.partition("/")[2] for arn in allowed(environment, "s3:GetObject")} == {
        "kept/demand/*.json",
        "runs/demand/*.json",
    }
    (executions,) = allowed(environment, "sagemaker:DescribePipelineExecution")
    assert executions.endswith(
        f":pipeline/redline-{environment.environment.name}-demand/execution/*"
    )
    assert allowed(environment, "s3:DeleteObject") == set()


def test_failures_are_published_to_the_alert_topic_alone(environment):
    (topic,) = allowed(environment, "sns:Publish")
    assert "alerts" in topic
    functions = environment.resources(PART, "AWS::Lambda::Function").items()
    (function,) = [each["Properties"] for name, each in functions if name.startswith("RunReport")]
    assert joined(function["Environment"]["Variables"]["ALERT_TOPIC"]) == topic
    (key,) = allowed(environment, "kms:Decrypt")
    assert "Key" in key


def test_failures_are_kept_in_a_queue_with_an_alarm(environment):
    (target,) = rule(environment)["Targets"]
    functions = environment.resources(PART, "AWS::Lambda::Function").items()
    (function,) = [each["Properties"] for name, each in functions if name.startswith("RunReport")]
    queue = function["DeadLetterConfig"]["TargetArn"]
    assert target["DeadLetterConfig"]["Arn"] == queue
    alarms = environment.resources(PART, "AWS::CloudWatch::Alarm")
    queue_name = {"Fn::GetAtt": [queue["Fn::GetAtt"][0], "QueueName"]}
    watched = [
        each["Properties"].get("Dimensions", [{}])[0].get("Value") for each in alarms.values()
    ]
    assert queue_name in watched
    assert len([name for name in alarms if name.startswith("RunReport")]) == 1


def test_a_model_package_has_the_uri_of_the_report(environment):
    body = environment.the(PART, "AWS::SageMaker::Pipeline")["PipelineDefinition"]
    definition = json.loads(joined(body["PipelineDefinitionBody"]))
    (register,) = [each for each in _steps(definition["Steps"]) if each["Type"] == "RegisterModel"]
    uri = register["Arguments"]["CustomerMetadataProperties"]["run_report"]["Std:Join"]
    before, execution, file = uri["Values"]
    assert (uri["On"], execution) == ("/", {"Get": "Execution.PipelineExecutionId"})
    assert f"{before}/id/{file}".partition(">/")[2] == report_key("demand", "id")


def _steps(steps):
    for step in steps:
        yield step
        branches = step.get("Arguments", {})
        yield from _steps([*branches.get("IfSteps", ()), *branches.get("ElseSteps", ())])
