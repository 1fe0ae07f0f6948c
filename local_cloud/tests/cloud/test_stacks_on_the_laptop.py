"""Stack operations: states, the order of resources, updates, replacements and roll-backs."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

TOPIC = {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "one"}}


def queue(name, **properties):
    return {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": name, **properties}}


def alarm(threshold, queue_name):
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "ComparisonOperator": "GreaterThanThreshold",
            "EvaluationPeriods": 1,
            "MetricName": "ApproximateNumberOfMessagesVisible",
            "Namespace": "AWS/SQS",
            "Period": 60,
            "Statistic": "Maximum",
            "Threshold": threshold,
            "Dimensions": [{"Name": "QueueName", "Value": queue_name}],
        },
    }


def test_a_stack_is_created_in_order_and_deleted_in_reverse(stacks):
    resources = {
        "Alarm": alarm(0, {"Fn::GetAtt": ["Queue", "QueueName"]}),
        "Queue": {**queue("order"), "DependsOn": "Topic"},
        "Topic": TOPIC,
    }
    assert stacks.create("order", resources) == "CREATE_COMPLETE"
    made = [name for name, status in stacks.events("order") if status == "CREATE_COMPLETE"]
    assert made == ["Topic", "Queue", "Alarm", "order"]
    stack_id = stacks.client.describe_stacks(StackName="order")["Stacks"][0]["StackId"]
    stacks.client.delete_stack(StackName="order")
    deleted = [name for name, status in stacks.events(stack_id) if status == "DELETE_COMPLETE"]
    assert deleted == ["Alarm", "Queue", "Topic", "order"]


def test_an_update_changes_in_place_and_removes(stacks, cloud):
    stacks.create("update", {"Queue": queue("update"), "Topic": TOPIC})
    before = stacks.ids("update")
    changed = {"Queue": queue("update", VisibilityTimeout=77)}
    assert stacks.update("update", changed) == "UPDATE_COMPLETE"
    assert stacks.ids("update") == {"Queue": before["Queue"]}
    shown = cloud.client("sqs").get_queue_attributes(
        QueueUrl=before["Queue"], AttributeNames=["VisibilityTimeout"]
    )
    assert shown["Attributes"]["VisibilityTimeout"] == "77"
    topics = cloud.client("sns").list_topics()["Topics"]
    assert before["Topic"] not in [topic["TopicArn"] for topic in topics]


def test_a_replacement_updates_the_resources_that_refer_to_it(stacks, cloud):
    resources = {"Queue": queue("first"), "Alarm": alarm(0, {"Fn::GetAtt": ["Queue", "QueueName"]})}
    stacks.create("replace", resources)
    resources["Queue"] = queue("second")
    assert stacks.update("replace", resources) == "UPDATE_COMPLETE"
    name = stacks.ids("replace")["Alarm"]
    shown = cloud.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"][0]
    assert shown["Dimensions"][0]["Value"] == "second"
    urls = cloud.client("sqs").list_queues()["QueueUrls"]
    assert not [url for url in urls if url.endswith("/first")]


def test_a_replacement_has_a_new_name(stacks):
    """The old and the new resource exist at the same time, so their names must differ."""
    group = {"Type": "AWS::EC2::SecurityGroup", "Properties": {"GroupDescription": "before"}}
    stacks.create("rename", {"Group": group})
    before = stacks.ids("rename")["Group"]
    group["Properties"]["GroupDescription"] = "after"
    assert stacks.update("rename", {"Group": group}) == "UPDATE_COMPLETE"
    assert stacks.ids("rename")["Group"] != before


def test_a_parameter_that_changes_is_an_update(stacks, cloud):
    resources = {"Queue": queue({"Fn::Sub": "by-${Name}"})}
    parameters = {"Name": {"Type": "String", "Default": "a"}}
    stacks.create("parameters", resources, Parameters=parameters)
    stacks.client.update_stack(
        StackName="parameters",
        UsePreviousTemplate=True,
        Parameters=[{"ParameterKey": "Name", "ParameterValue": "b"}],
    )
    assert stacks.ids("parameters")["Queue"].endswith("/by-b")


def test_a_failed_creation_is_rolled_back_with_its_reason(stacks, cloud):
    bad = alarm(0, "x")
    bad["Properties"]["Period"] = "often"
    bad["DependsOn"] = "Queue"
    resources = {
        "Queue": {**queue("undone"), "DeletionPolicy": "RetainExceptOnCreate"},
        "Kept": {**queue("kept-all-the-same"), "DeletionPolicy": "Retain"},
        "Alarm": bad,
    }
    assert stacks.create("undone", resources) == "ROLLBACK_COMPLETE"
    assert stacks.reason("undone").startswith("Alarm (AWS::CloudWatch::Alarm): ")
    assert {("Alarm", "CREATE_FAILED"), ("Kept", "DELETE_SKIPPED")} <= set(stacks.events("undone"))
    assert stacks.ids("undone") == {}
    urls = cloud.client("sqs").list_queues()["QueueUrls"]
    assert [url.rpartition("/")[2] for url in urls if "undone" in url or "all-the-same" in url] == [
        "kept-all-the-same"
    ]


def test_a_failed_update_is_rolled_back(stacks):
    stacks.create("back", {"Queue": queue("back", VisibilityTimeout=10), "Topic": TOPIC})
    bad = {"Queue": queue("back", VisibilityTimeout=20), "Topic": TOPIC, "Bad": alarm(0, "x")}
    bad["Bad"]["Properties"]["Period"] = "often"
    bad["Bad"]["DependsOn"] = "Queue"
    assert stacks.update("back", bad) == "UPDATE_ROLLBACK_COMPLETE"
    url = stacks.ids("back")["Queue"]
    assert set(stacks.ids("back")) == {"Queue", "Topic"}
    assert url.endswith("/back")


@pytest.mark.parametrize("policy", ["Retain", "RetainExceptOnCreate"])
def test_retained_resources_remain_and_the_deleted_stack_lists_them(stacks, cloud, policy):
    name = f"kept-{policy}"
    stacks.create(name, {"Queue": {**queue(name), "DeletionPolicy": policy}, "Topic": TOPIC})
    stack_id = stacks.client.describe_stacks(StackName=name)["Stacks"][0]["StackId"]
    stacks.client.delete_stack(StackName=name)
    assert cloud.client("sqs").get_queue_url(QueueName=name)
    listed = stacks.client.list_stack_resources(StackName=stack_id)["StackResourceSummaries"]
    states = {each["LogicalResourceId"]: each["ResourceStatus"] for each in listed}
    assert states == {"Queue": "DELETE_SKIPPED", "Topic": "DELETE_COMPLETE"}


def test_a_resource_without_snapshots_is_not_deleted(stacks, cloud):
    stacks.create("frozen", {"Queue": {**queue("frozen"), "DeletionPolicy": "Snapshot"}})
    stacks.client.delete_stack(StackName="frozen")
    assert stacks.status("frozen") == "DELETE_FAILED"
    assert "does not support snapshots" in stacks.reason("frozen")
    assert cloud.client("sqs").get_queue_url(QueueName="frozen")


def test_an_unsupported_type_is_refused_before_any_change(stacks, cloud):
    resources = {"Queue": queue("never"), "Odd": {"Type": "AWS::Odd::Thing"}}
    with pytest.raises(ClientError, match=r"does not support Odd \(AWS::Odd::Thing\)"):
        stacks.create("odd", resources)
    urls = cloud.client("sqs").list_queues().get("QueueUrls", [])
    assert not [url for url in urls if url.endswith("/never")]


def test_an_unsupported_property_is_refused_by_name(stacks):
    assert stacks.create("property", {"Q": queue("q", Colour="red")}) == "ROLLBACK_COMPLETE"
    assert "does not support Colour of AWS::SQS::Queue" in stacks.reason("property")


def test_an_unknown_attribute_fails_the_stack(stacks):
    outputs = {"O": {"Value": {"Fn::GetAtt": ["Topic", "Colour"]}}}
    assert stacks.create("attribute", {"Topic": TOPIC}, Outputs=outputs) == "ROLLBACK_COMPLETE"
    assert "no attribute Colour" in stacks.reason("attribute")


def test_inert_types_are_recorded_and_conditions_hold(stacks):
    resources = {
        "Meta": {"Type": "AWS::CDK::Metadata", "Properties": {"Analytics": "x"}},
        "Absent": {**queue("absent"), "Condition": "Never"},
    }
    conditions = {"Never": {"Fn::Equals": ["a", "b"]}}
    assert stacks.create("inert", resources, Conditions=conditions) == "CREATE_COMPLETE"
    assert stacks.ids("inert") == {"Meta": "Meta"}


def test_exports_are_imported_by_another_stack(stacks):
    outputs = {"Arn": {"Value": {"Ref": "Topic"}, "Export": {"Name": "the-topic"}}}
    stacks.create("exporter", {"Topic": TOPIC}, Outputs=outputs)
    subscription = {
        "Type": "AWS::SQS::Queue",
        "Properties": {"QueueName": {"Fn::Join": ["", ["of-", {"Fn::Select": [5, {"Fn::Split": [
            ":", {"Fn::ImportValue": "the-topic"}]}]}]]}},
    }  # fmt: skip
    assert stacks.create("importer", {"Queue": subscription}) == "CREATE_COMPLETE"
    assert "/of-exporter-Topic-" in stacks.ids("importer")["Queue"]


def test_stack_tags_reach_resources(stacks, cloud):
    stacks.client.create_stack(
        StackName="tags",
        TemplateBody=json.dumps({"Resources": {"Topic": TOPIC}}),
        Tags=[{"Key": "Owner", "Value": "me"}],
    )
    arn = stacks.ids("tags")["Topic"]
    tags = cloud.client("sns").list_tags_for_resource(ResourceArn=arn)["Tags"]
    assert tags == [{"Key": "Owner", "Value": "me"}]


def test_change_sets_work_too(stacks):
    stacks.client.create_change_set(
        StackName="changes",
        ChangeSetName="first",
        ChangeSetType="CREATE",
        TemplateBody=json.dumps({"Resources": {"Topic": TOPIC}}),
    )
    stacks.client.execute_change_set(StackName="changes", ChangeSetName="first")
    assert stacks.status("changes") == "CREATE_COMPLETE"
    assert set(stacks.ids("changes")) == {"Topic"}


def test_a_protected_stack_is_not_deleted(stacks):
    stacks.create("protected", {"Topic": TOPIC})
    protect = stacks.client.update_termination_protection
    protect(StackName="protected", EnableTerminationProtection=True)
    with pytest.raises(ClientError, match="TerminationProtection is enabled"):
        stacks.client.delete_stack(StackName="protected")
    assert stacks.status("protected") == "CREATE_COMPLETE"
    protect(StackName="protected", EnableTerminationProtection=False)
    stacks.client.delete_stack(StackName="protected")
    with pytest.raises(ClientError, match="does not exist"):
        stacks.status("protected")
