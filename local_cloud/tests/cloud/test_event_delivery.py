"""Rules: matching events are delivered, and undelivered events go to the dead-letter queue."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from local_cloud import events
from local_cloud.events.event_bus import RuleNotFired
from local_cloud.events.rule_scheduler import RuleScheduler
from local_cloud.faults import FAULTS
from local_cloud.faults.fault import Fault

PIPELINE = "arn:aws:sagemaker:us-east-1:123456789012:pipeline/nightly"


def queue(cloud, name, *, open_to_events=True):
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = f"arn:aws:sqs:us-east-1:123456789012:{name}"
    if open_to_events:
        policy = open_to("events.amazonaws.com", "sqs:SendMessage", arn)
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    return url, arn


def open_to(service, action, resource, **statement):
    """Return a resource policy that allows the action to a service."""
    own = {"Effect": "Allow", "Principal": {"Service": service}, "Resource": resource}
    return json.dumps({"Statement": [{**own, "Action": action, **statement}]})


def rule(cloud, name, target, **settings):
    client = cloud.client("events")
    client.put_rule(Name=name, **settings)
    client.put_targets(Rule=name, Targets=[{"Id": "1", **target}])


def messages(cloud, url):
    answer = cloud.client("sqs").receive_message(
        QueueUrl=url, MessageAttributeNames=["All"], MaxNumberOfMessages=10
    )
    return answer.get("Messages", [])


def publish(cloud, status="Failed", **more):
    events.publish(
        cloud,
        source="aws.sagemaker",
        detail_type="SageMaker Model Building Pipeline Execution Status Change",
        resources=[PIPELINE],
        detail={"pipelineArn": PIPELINE, "currentPipelineExecutionStatus": status, **more},
    )


def test_a_service_event_reaches_the_rules_that_match(cloud, eventually):
    url, arn = queue(cloud, "matching")
    pattern = {
        "source": ["aws.sagemaker"],
        "detail": {
            "pipelineArn": [{"prefix": PIPELINE}],
            "currentPipelineExecutionStatus": [{"anything-but": ["Succeeded"]}],
            "seconds": [{"numeric": [">", 10]}],
        },
    }
    rule(cloud, "matching", {"Arn": arn}, EventPattern=json.dumps(pattern))
    publish(cloud, status="Succeeded", seconds=20)
    publish(cloud, status="Failed", seconds=5)
    publish(cloud, status="Failed", seconds=20)
    (message,) = eventually(lambda: messages(cloud, url))
    event = json.loads(message["Body"])
    assert event["detail"]["currentPipelineExecutionStatus"] == "Failed"
    assert event["resources"] == [PIPELINE]
    assert event["region"] == "us-east-1"
    assert messages(cloud, url) == []


def test_put_events_reaches_them_too(cloud, eventually):
    url, arn = queue(cloud, "custom")
    rule(cloud, "custom", {"Arn": arn}, EventPattern='{"source": ["my.app"]}')
    cloud.client("events").put_events(
        Entries=[{"Source": "my.app", "DetailType": "done", "Detail": '{"a": 1}'}]
    )
    (message,) = eventually(lambda: messages(cloud, url))
    assert json.loads(message["Body"])["detail"] == {"a": 1}


def test_a_disabled_rule_is_silent(cloud):
    url, arn = queue(cloud, "disabled")
    rule(cloud, "disabled", {"Arn": arn}, EventPattern='{"source": ["my.off"]}', State="DISABLED")
    cloud.client("events").put_events(
        Entries=[{"Source": "my.off", "DetailType": "done", "Detail": "{}"}]
    )
    assert messages(cloud, url) == []


def test_a_topic_receives_an_event_once_and_logs_it(cloud, eventually):
    sns = cloud.client("sns")
    topic = sns.create_topic(Name="alerts")["TopicArn"]
    policy = open_to("events.amazonaws.com", "sns:Publish", topic)
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy)
    rule(cloud, "alerts", {"Arn": topic}, EventPattern='{"source": ["my.alert"]}')
    cloud.client("events").put_events(
        Entries=[{"Source": "my.alert", "DetailType": "bad", "Detail": "{}"}]
    )
    logs, group = cloud.client("logs"), "sns/us-east-1/123456789012/alerts"
    groups = {"logGroupNamePrefix": group}
    eventually(lambda: logs.describe_log_groups(**groups)["logGroups"])
    kept = logs.get_log_events(logGroupName=group, logStreamName="messages")["events"]
    assert [json.loads(json.loads(e["message"])["message"])["detail-type"] for e in kept] == ["bad"]


def test_a_refused_event_goes_to_the_dead_letter_queue(cloud):
    _, closed = queue(cloud, "closed", open_to_events=False)
    dead_url, dead = queue(cloud, "dead")
    target = {"Arn": closed, "DeadLetterConfig": {"Arn": dead}, "Input": '{"a": 1}'}
    rule(cloud, "closed", target, ScheduleExpression="rate(1 day)")
    (delivery,) = events.fire("closed")
    assert "not authorized to perform: sqs:SendMessage" in delivery.error
    (message,) = messages(cloud, dead_url)
    attributes = {k: v["StringValue"] for k, v in message["MessageAttributes"].items()}
    assert message["Body"] == '{"a": 1}'
    assert attributes["RULE_ARN"] == "arn:aws:events:us-east-1:123456789012:rule/closed"
    assert attributes["TARGET_ARN"] == closed
    assert attributes["ERROR_CODE"] == "NO_PERMISSIONS"
    assert "not authorized" in attributes["ERROR_MESSAGE"]


def test_failed_deliveries_are_counted(cloud):
    _, closed = queue(cloud, "uncounted", open_to_events=False)
    _, kept = queue(cloud, "counted")
    for name, letters in (("keeps", kept), ("loses", f"{kept}-missing")):
        target = {"Arn": closed, "DeadLetterConfig": {"Arn": letters}, "Input": "{}"}
        rule(cloud, name, target, ScheduleExpression="rate(1 day)")
        events.fire(name)
    assert counted(cloud, "keeps") == {"FailedInvocations", "InvocationsSentToDlq"}
    assert counted(cloud, "loses") == {"FailedInvocations", "InvocationsFailedToBeSentToDlq"}


def counted(cloud, name):
    """Return the metrics of a rule."""
    dimension = {"Name": "RuleName", "Value": name}
    metrics = cloud.client("cloudwatch").list_metrics(
        Namespace="AWS/Events", Dimensions=[dimension]
    )
    return {metric["MetricName"] for metric in metrics["Metrics"]}


@pytest.mark.parametrize(
    ("status", "code", "tries"),
    [
        (400, "ThrottlingException", 4),
        (403, "RequestThrottled", 4),
        (429, "TooManyRequestsException", 4),
        (500, "InternalFailure", 4),
        (400, "ValidationException", 1),
        (404, "ResourceNotFound", 1),
    ],
)
def test_transient_errors_are_retried(cloud, monkeypatch, status, code, tries):
    calls = []

    def refuse(cloud, target, message):
        calls.append(message.token)
        metadata = {"HTTPStatusCode": status}
        raise ClientError({"Error": {"Code": code}, "ResponseMetadata": metadata}, "Send")

    monkeypatch.setattr("local_cloud.events.delivery.send", refuse)
    monkeypatch.setattr("local_cloud.events.delivery._FIRST_PAUSE_SECONDS", 0)
    _, arn = queue(cloud, "refusing")
    rule(cloud, "refused", {"Arn": arn}, ScheduleExpression="rate(1 day)")
    (delivery,) = events.fire("refused")
    assert code in delivery.error
    assert len(calls) == tries
    assert len(set(calls)) == 1


@pytest.mark.parametrize(
    ("key", "value", "arrives"),
    [
        ("aws:SourceArn", "arn:aws:events:us-east-1:123456789012:rule/guarded", True),
        ("aws:SourceArn", "arn:aws:events:us-east-1:123456789012:rule/another", False),
        ("aws:SourceAccount", "123456789012", True),
        ("aws:SourceAccount", "210987654321", False),
    ],
)
def test_a_queue_may_admit_one_rule_or_account(cloud, key, value, arrives):
    url, arn = queue(cloud, "guarded", open_to_events=False)
    condition = {"StringEquals": {key: value}}
    policy = open_to("events.amazonaws.com", "sqs:SendMessage", arn, Condition=condition)
    cloud.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    rule(cloud, "guarded", {"Arn": arn, "Input": "{}"}, ScheduleExpression="rate(1 day)")
    (delivery,) = events.fire("guarded")
    assert (delivery.error is None) is arrives
    assert len(messages(cloud, url)) == int(arrives)


def test_a_role_may_trust_one_rule_only(cloud, make_role, allow, trust):
    role = make_role("guarded", allow("sagemaker:StartPipelineExecution"), "events.amazonaws.com")
    guarded = trust("events.amazonaws.com")
    other = "arn:aws:events:us-east-1:123456789012:rule/another"
    guarded["Statement"][0]["Condition"] = {"ArnEquals": {"aws:SourceArn": other}}
    cloud.client("iam").update_assume_role_policy(
        RoleName="guarded", PolicyDocument=json.dumps(guarded)
    )
    pipeline = "arn:aws:sagemaker:us-east-1:123456789012:pipeline/none"
    rule(cloud, "one", {"Arn": pipeline, "RoleArn": role}, ScheduleExpression="rate(1 day)")
    (delivery,) = events.fire("one")
    assert "its trust policy does not allow it" in delivery.error


def test_a_pipeline_is_started_with_the_role_and_parameters_of_the_target(cloud, make_role, allow):
    role = make_role("sagemaker", allow("*"), "sagemaker.amazonaws.com")
    starter = make_role(
        "starter", allow("sagemaker:StartPipelineExecution", resource=PIPELINE),
        "events.amazonaws.com",
    )  # fmt: skip
    definition = {
        "Version": "2020-12-01",
        "Parameters": [{"Name": "Why", "Type": "String"}],
        "Steps": [
            {
                "Name": "Stop",
                "Type": "Fail",
                "Arguments": {"ErrorMessage": {"Get": "Parameters.Why"}},
            }
        ],
    }
    sagemaker = cloud.client("sagemaker")
    sagemaker.create_pipeline(
        PipelineName="nightly",
        PipelineDefinition=json.dumps(definition),
        ClientRequestToken="x" * 32,
        RoleArn=role,
    )
    parameters = {"PipelineParameterList": [{"Name": "Why", "Value": "the schedule says so"}]}
    target = {"Arn": PIPELINE, "RoleArn": starter, "SageMakerPipelineParameters": parameters}
    rule(cloud, "nightly", target, ScheduleExpression="cron(0 6 * * ? *)")
    (delivery,) = events.fire("nightly")
    assert delivery.error is None
    started = delivery.result["PipelineExecutionArn"]
    shown = sagemaker.list_pipeline_parameters_for_execution(PipelineExecutionArn=started)
    assert shown["PipelineParameters"] == parameters["PipelineParameterList"]

    before = _executions(cloud)
    FAULTS.inject(Fault("lost_answer", action="sagemaker:StartPipelineExecution"))
    (delivery,) = events.fire("nightly")
    assert _executions(cloud) == {*before, delivery.result["PipelineExecutionArn"]}
    FAULTS.clear()

    cloud.client("iam").delete_role_policy(RoleName="starter", PolicyName="own")
    (denied,) = events.fire("nightly")
    assert "not authorized to perform: sagemaker:StartPipelineExecution" in denied.error


def _executions(cloud):
    found = cloud.client("sagemaker").list_pipeline_executions(PipelineName="nightly")
    return {each["PipelineExecutionArn"] for each in found["PipelineExecutionSummaries"]}


def test_a_function_policy_must_allow_eventbridge(cloud, make_role, allow, eventually):
    role = make_role("target", allow("logs:*"), "lambda.amazonaws.com")
    client = cloud.client("lambda")
    arn = client.create_function(
        FunctionName="target",
        Code={"ZipFile": _zip("def handler(event, context):\n    print(event['source'])\n")},
        Handler="index.handler",
        Role=role,
        Runtime="python3.12",
        Timeout=20,
    )["FunctionArn"]
    rule(cloud, "function", {"Arn": arn}, ScheduleExpression="rate(1 day)")
    assert "not authorized" in events.fire("function")[0].error
    client.add_permission(
        FunctionName="target",
        StatementId="events",
        Action="lambda:InvokeFunction",
        Principal="events.amazonaws.com",
    )
    assert events.fire("function")[0].error is None
    logs = cloud.client("logs")
    found = {"logGroupNamePrefix": "/aws/lambda/target"}
    eventually(lambda: logs.describe_log_groups(**found)["logGroups"])


def test_the_error_for_an_unknown_rule_lists_the_deployed_rules(cloud):
    with pytest.raises(RuleNotFired, match="no rule is named 'nothing'"):
        events.fire("nothing")


class FakeRule:
    def __init__(self, expression, state="ENABLED"):
        self.arn = expression
        self.scheduled_expression = expression
        self.state = state
        self.time_zone = None


def test_the_scheduler_fires_each_due_rule_once():
    fired = []
    rules = [
        FakeRule("cron(30 6 * * ? *)"),
        FakeRule("rate(10 minutes)"),
        FakeRule("rate(5 minutes)", state="DISABLED"),
        FakeRule(None),
    ]
    clock = RuleScheduler(rules=lambda: rules, fire=lambda rule, due: fired.append((rule.arn, due)))
    start = datetime(2026, 1, 1, 6, 25, tzinfo=UTC)
    for second in range(0, 16 * 60):
        clock.fire_due(start + timedelta(seconds=second))
    assert fired == [
        ("cron(30 6 * * ? *)", start + timedelta(minutes=5)),
        ("rate(10 minutes)", start + timedelta(minutes=10)),
    ]


def _zip(text):
    from local_cloud.resources.functions import _packed

    return _packed(text)


@pytest.mark.parametrize("expression", ["cron(0 0 * * * *)", "rate(1 days)", "rate(5 minute)"])
def test_a_schedule_that_eventbridge_refuses_is_refused(expression, cloud):
    client = cloud.client("events")
    with pytest.raises(ClientError, match="Parameter ScheduleExpression is not valid") as raised:
        client.put_rule(Name="untimed", ScheduleExpression=expression)
    assert raised.value.response["Error"]["Code"] == "ValidationException"
    assert "untimed" not in [rule["Name"] for rule in client.list_rules()["Rules"]]


def test_an_unsupported_target_is_refused(cloud):
    client = cloud.client("events")
    client.put_rule(Name="far", ScheduleExpression="rate(1 hour)")
    arn = "arn:aws:ecs:us-east-1:123456789012:cluster/far"
    with pytest.raises(ClientError, match="does not support arn:aws:ecs"):
        client.put_targets(Rule="far", Targets=[{"Id": "1", "Arn": arn}])
    assert client.list_targets_by_rule(Rule="far")["Targets"] == []
    client.delete_rule(Name="far")
