"""The functions that unload queries, their queue, and a pipeline that uses them."""

from dataclasses import replace

import pytest

from stacks.application import build_app, new_app
from tests.application.environments import BASIC, DEMAND, FIXED, QUEUED
from tests.synthesis import joined, statements

UNLOADING = replace(DEMAND, options={"extraction": "unload"})


def functions(environment):
    """The two functions of the extraction, by the name of their entry point."""
    found = environment.resources("warehouse", "AWS::Lambda::Function").items()
    return {
        resource["Properties"]["Handler"]: resource["Properties"]
        for name, resource in found
        if name.startswith("Extraction")
    }


def policy(environment, name, part="warehouse"):
    (found,) = [
        resource
        for logical, resource in environment.resources(part, "AWS::IAM::Policy").items()
        if logical.startswith(name)
    ]
    return {statement["Sid"]: statement for statement in statements(found)}


def test_both_functions_are_the_same_code_and_know_the_same_warehouse(environment):
    at_once, queued = (functions(environment)[f"handler.{name}"] for name in ("handler", "queued"))
    assert at_once["Code"] == queued["Code"]
    settings = at_once["Environment"]["Variables"]
    assert set(settings) == {
        "AWS_DATA_PATH",
        "CLUSTER_IDENTIFIER",
        "DATABASE",
        "DB_USER",
        "EXTRACTED_DAYS",
        "LAKE_BUCKET",
        "WAREHOUSE_ROLE_ARN",
    }
    assert settings["DB_USER"] == "pipeline_reader"
    assert queued["Environment"]["Variables"].items() > settings.items()
    assert set(queued["Environment"]["Variables"]) - set(settings) == {"QUEUE_URL"}


@pytest.mark.parametrize(
    ("name", "metric", "watched", "threshold"),
    [
        ("ExtractionFromQueueAlarm", "Errors", "FunctionName", 3),
        ("ExtractionBrokenAlarm", "ApproximateNumberOfMessagesVisible", "QueueName", 1),
    ],
)
def test_failures_that_no_step_reports_raise_an_alarm(
    environment, name, metric, watched, threshold
):
    alarms = environment.resources("warehouse", "AWS::CloudWatch::Alarm").items()
    (alarm,) = [each["Properties"] for logical, each in alarms if logical.startswith(name)]
    assert (alarm["MetricName"], alarm["Threshold"]) == (metric, threshold)
    (dimension,) = alarm["Dimensions"]
    assert dimension["Name"] == watched
    assert name.removesuffix("Alarm") in str(dimension["Value"])
    assert "alerts" in str(alarm["AlarmActions"])


def test_a_function_waits_no_longer_than_a_step_or_its_queue(environment):
    found = functions(environment)
    assert found["handler.handler"]["Timeout"] == 600
    (queue,) = [
        each["Properties"]
        for each in environment.resources("warehouse", "AWS::SQS::Queue").values()
        if "RedrivePolicy" in each["Properties"]
    ]
    assert found["handler.queued"]["Timeout"] == queue["VisibilityTimeout"] == 60
    twelve_hours = 12 * 3600
    assert queue["RedrivePolicy"]["maxReceiveCount"] * 60 > twelve_hours
    assert queue["MessageRetentionPeriod"] > twelve_hours


def test_only_the_failed_message_is_delivered_again(environment):
    source = environment.the("warehouse", "AWS::Lambda::EventSourceMapping")
    assert source["BatchSize"] == 1
    assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


@pytest.mark.parametrize("name", ["ExtractionAtOncePolicy", "ExtractionFromQueuePolicy"])
def test_a_function_is_the_reader_and_writes_its_list_alone(environment, name):
    granted = policy(environment, name)
    users = [joined(resource) for resource in granted["BecomeUser"]["Resource"]]
    assert [user.rpartition("/")[2] for user in users] == ["redline", "pipeline_reader"]
    (written,) = granted["WriteOwnList"]["Resource"]
    assert joined(written).endswith("/unload/*.manifest")
    actions = {action for each in granted.values() for action in each["Action"]}
    assert "s3:DeleteObject" not in actions
    assert "redshift-data:GetStatementResult" not in actions
    assert "secretsmanager:GetSecretValue" not in actions
    assert "redshift-data:ExecuteStatement" not in actions


def test_a_pipeline_has_its_own_reader_and_prefix(basic):
    granted = policy(basic, "ExtractionFromQueuePolicy", part=QUEUED.name)
    users = [joined(resource) for resource in granted["BecomeUser"]["Resource"]]
    assert [user.rpartition("/")[2] for user in users] == ["redline", "pipeline_reader_queued"]
    keys = {sid: [joined(each).partition("/")[2] for each in granted[sid]["Resource"]]
            for sid in ("WriteOwnList", "ReadWarehousesList")}  # fmt: skip
    kept = "extracted/queued/ExtractDays/*"
    assert keys == {
        "WriteOwnList": [f"{kept}/lists/*", "unload/queued/*.manifest"],
        "ReadWarehousesList": [
            f"{kept}/lists/*",
            f"{kept}/rows/*/manifest",
            "unload/queued/*/manifest",
        ],
    }
    assert "redshift-data:GetStatementResult" in granted["FollowOwnStatements"]["Action"]
    (answered,) = granted["AnswerSteps"]["Resource"]
    assert joined(answered).endswith(":pipeline/redline-basic-queued/execution/*")
    names = basic.templates[QUEUED.name]["Resources"]
    assert not [name for name in names if name.startswith("ExtractionAtOnce")]


def test_the_warehouse_adds_days_of_declared_extractions_and_deletes_none(basic, retained):
    granted = policy(basic, "LakeRolePolicy")
    assert "s3:DeleteObject" not in granted["UnloadDays"]["Action"]
    (written,) = granted["UnloadDays"]["Resource"]
    assert joined(written).partition("/")[2] == "extracted/queued/ExtractDays/*/rows/*"
    elsewhere = policy(retained, "LakeRolePolicy")
    assert "UnloadDays" not in elsewhere, "no pipeline there has an incremental extraction"


def test_only_the_function_of_the_queue_answers_steps(environment):
    assert "AnswerSteps" in policy(environment, "ExtractionFromQueuePolicy")
    assert "AnswerSteps" not in policy(environment, "ExtractionAtOncePolicy")


def extracting(pipeline, folder):
    """The resources of the stack of a pipeline."""
    app = build_app(replace(BASIC, pipelines=(pipeline,)), new_app(folder), **FIXED)
    return app.synth().get_stack_by_name(f"redline-basic-{pipeline.name}").template["Resources"]


def execution_actions(resources):
    (found,) = [each for name, each in resources.items() if name.startswith("RolesExecutionRoleP")]
    return {action: each for each in statements(found) for action in each["Action"]}


def test_the_default_calls_no_function(basic):
    resources = basic.templates["demand"]["Resources"]
    assert {"lambda:InvokeFunction", "sqs:SendMessage"}.isdisjoint(execution_actions(resources))


@pytest.mark.parametrize(
    ("pipeline", "action", "of"),
    [
        (UNLOADING, "lambda:InvokeFunction", "ExtractionAtOnceFunction"),
        (QUEUED, "sqs:SendMessage", "ExtractionQueue"),
    ],
    ids=["at once", "from the queue"],
)
def test_a_pipeline_may_call_what_extracts_for_it_alone(tmp_path, pipeline, action, of):
    resources = extracting(pipeline, tmp_path)
    (resource,) = execution_actions(resources)[action]["Resource"]
    assert of in str(resource)
    assert of in str(resources["Pipeline"]["Properties"]["PipelineDefinition"])
    granted = [
        each
        for name, each in resources.items()
        if each["Type"] == "AWS::IAM::Policy" and name.startswith("Roles")
    ]
    assert granted
    assert "redshift" not in str(granted)
