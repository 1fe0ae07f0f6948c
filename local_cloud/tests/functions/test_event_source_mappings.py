"""Event source mappings of queues: batches, failed messages, and rejected settings."""

from __future__ import annotations

import io
import json
import time
import zipfile
from dataclasses import dataclass

import pytest
from botocore.exceptions import ClientError

from local_cloud.faults import FAULTS
from local_cloud.faults.fault import Fault
from local_cloud.server import running

CODE = """
import json

def handler(event, context):
    bodies = [json.loads(record["body"]) for record in event["Records"]]
    for record, body in zip(event["Records"], bodies):
        print("handled", body["name"], record["attributes"]["ApproximateReceiveCount"])
    if any(body["do"] == "raise" for body in bodies):
        raise ValueError("no")
    again = [
        {"itemIdentifier": record["messageId"]}
        for record, body in zip(event["Records"], bodies)
        if body["do"] == "again" and record["attributes"]["ApproximateReceiveCount"] == "1"
    ]
    return {"batchItemFailures": again}
"""
READ = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "logs:*"]


@dataclass
class Account:
    """A laptop cloud with one function, used only through boto3."""

    cloud: object
    url: str
    arn: str

    def __post_init__(self):
        self.sqs, self.functions = self.cloud.client("sqs"), self.cloud.client("lambda")

    def send(self, name, do="nothing"):
        self.sqs.send_message(QueueUrl=self.url, MessageBody=json.dumps({"name": name, "do": do}))

    def handled(self, *, at_least, seconds=60):
        """Wait for at least this number of handled messages, and return the function's output."""
        logs, until = self.cloud.client("logs"), time.monotonic() + seconds
        found = []
        while len(found) < at_least and time.monotonic() < until:
            time.sleep(0.2)
            try:
                events = logs.filter_log_events(logGroupName="/aws/lambda/reader")["events"]
            except logs.exceptions.ResourceNotFoundException:
                continue
            found = [e["message"] for e in events if e["message"].startswith("handled")]
        return sorted(found)

    def left(self):
        shown = self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["All"])
        names = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
        return sum(int(shown["Attributes"][name]) for name in names)

    def wait_until_nothing_is_left(self):
        wait_until(lambda: not self.left())

    def deliver_again_soon(self):
        """Let failed messages become visible within seconds."""
        soon = {"VisibilityTimeout": "5"}
        self.sqs.set_queue_attributes(QueueUrl=self.url, Attributes=soon)

    def map(self, **options):
        return self.functions.create_event_source_mapping(
            EventSourceArn=self.arn, FunctionName="reader", **options
        )


@pytest.fixture
def account(tmp_path):
    with running(state=tmp_path) as cloud:
        sqs = cloud.client("sqs")
        # Longer than a function takes on a busy machine: nothing is delivered again by chance.
        url = sqs.create_queue(QueueName="work", Attributes={"VisibilityTimeout": "60"})["QueueUrl"]
        arn = f"arn:aws:sqs:{cloud.region}:123456789012:work"
        make_function(cloud, READ, timeout=5)
        yield Account(cloud, url, arn)


def make_function(cloud, actions, *, timeout, name="reader"):
    iam, buffer = cloud.client("iam"), io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("handler.py", CODE)
    principal = {"Service": "lambda.amazonaws.com"}
    trust = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    allowed = {"Effect": "Allow", "Action": actions, "Resource": "*"}
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(document(trust)))
    iam.put_role_policy(
        RoleName=name, PolicyName="all", PolicyDocument=json.dumps(document(allowed))
    )
    cloud.client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.12",
        Role=role["Role"]["Arn"],
        Handler="handler.handler",
        Code={"ZipFile": buffer.getvalue()},
        Timeout=timeout,
    )


def document(statement):
    return {"Version": "2012-10-17", "Statement": [statement]}


def test_messages_in_the_queue_are_handled_and_deleted(account):
    account.send("before")
    account.map(BatchSize=1)
    account.send("after")
    assert account.handled(at_least=2) == ["handled after 1", "handled before 1"]
    account.wait_until_nothing_is_left()


def test_only_a_message_that_is_reported_as_failed_is_delivered_again(account):
    account.deliver_again_soon()
    account.send("good")
    account.send("slow", do="again")
    account.map(FunctionResponseTypes=["ReportBatchItemFailures"])
    assert account.handled(at_least=3) == ["handled good 1", "handled slow 1", "handled slow 2"]


def test_without_the_setting_the_whole_batch_is_deleted(account):
    account.map()
    account.send("slow", do="again")
    account.wait_until_nothing_is_left()
    assert account.handled(at_least=1) == ["handled slow 1"]


def test_a_message_is_delivered_again_after_an_exception(account):
    account.deliver_again_soon()
    account.map()
    account.send("bad", do="raise")
    assert account.handled(at_least=2)[:2] == ["handled bad 1", "handled bad 2"]


def test_the_messages_of_an_encrypted_queue_need_the_permission_on_its_key(account, caplog):
    """https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html"""
    key = account.cloud.client("kms").create_key()["KeyMetadata"]["Arn"]
    account.sqs.set_queue_attributes(QueueUrl=account.url, Attributes={"KmsMasterKeyId": key})
    iam = account.cloud.client("iam")
    role = iam.get_role(RoleName="reader")["Role"]["Arn"]
    sender = account.cloud.client("sqs", role_arn=role)
    allow(iam, "send", "sqs:SendMessage", account.arn)
    with pytest.raises(ClientError, match="kms:GenerateDataKey"):
        sender.send_message(QueueUrl=account.url, MessageBody="{}")
    with pytest.raises(ClientError, match="kms:Decrypt"):
        sender.receive_message(QueueUrl=account.url)
    account.map()
    account.send("secret")
    wait_until(lambda: "the messages of work are not delivered" in caplog.text)
    assert account.left() == 1
    allow(iam, "decrypt", "kms:Decrypt", key)
    # On a busy machine the function is slower than its time limit at first, and is called again.
    assert account.handled(at_least=1)[0].startswith("handled secret")


@pytest.mark.parametrize("action", ["sqs:ReceiveMessage", "sqs:DeleteMessage"])
def test_a_role_that_loses_a_permission_reads_no_more_messages(account, action):
    identifier = account.map()["UUID"]
    iam = account.cloud.client("iam")
    denied = {"Effect": "Deny", "Action": action, "Resource": "*"}
    policy = json.dumps(document(denied))
    iam.put_role_policy(RoleName="reader", PolicyName="denied", PolicyDocument=policy)
    account.send("kept")

    def result():
        found = account.functions.get_event_source_mapping(UUID=identifier)
        return found["State"], found.get("LastProcessingResult") or ""

    wait_until(lambda: result()[1])
    assert result()[0] == "Enabled"
    assert result()[1].startswith("PROBLEM: ")
    assert action in result()[1]
    assert account.left() == 1
    iam.delete_role_policy(RoleName="reader", PolicyName="denied")
    assert account.handled(at_least=1)[0].startswith("handled kept")
    wait_until(lambda: not result()[1])


@pytest.mark.parametrize("missing", ["function", "role"])
def test_a_mapping_without_its_function_or_role_does_not_keep_others_from_being_read(
    account, missing
):
    """The messages of its queue stay there."""
    key = account.cloud.client("kms").create_key()["KeyMetadata"]["Arn"]
    account.sqs.set_queue_attributes(QueueUrl=account.url, Attributes={"KmsMasterKeyId": key})
    account.map()
    if missing == "function":
        account.functions.delete_function(FunctionName="reader")
    else:
        iam = account.cloud.client("iam")
        iam.delete_role_policy(RoleName="reader", PolicyName="all")
        iam.delete_role(RoleName="reader")
    account.send("kept")
    make_function(account.cloud, READ, timeout=5, name="second")
    other = {"VisibilityTimeout": "60"}
    url = account.sqs.create_queue(QueueName="other", Attributes=other)["QueueUrl"]
    account.functions.create_event_source_mapping(
        EventSourceArn=account.arn.replace("work", "other"), FunctionName="second"
    )
    second = Account(account.cloud, url, account.arn)
    second.send("read")
    second.wait_until_nothing_is_left()
    assert account.left() == 1


def allow(iam, name, action, resource):
    """Add a statement to the policies of the function's role."""
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    policy = json.dumps(document(statement))
    iam.put_role_policy(RoleName="reader", PolicyName=name, PolicyDocument=policy)


def wait_until(holds, seconds=60):
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "the condition never holds"
        time.sleep(0.1)


def test_a_message_that_is_delivered_twice_is_handled_twice_and_deleted_once(account):
    FAULTS.inject(Fault("twice", resource=account.arn))
    account.map(BatchSize=1)
    account.send("once more")
    assert account.handled(at_least=2) == ["handled once more 1"] * 2
    account.wait_until_nothing_is_left()


def test_a_message_may_be_late(account):
    FAULTS.inject(Fault("late", resource=account.arn, seconds=1.5))
    account.map(BatchSize=1)
    began = time.monotonic()
    account.send("late")
    assert account.handled(at_least=1) == ["handled late 1"]
    assert time.monotonic() - began >= 1.5


def test_an_event_that_is_delivered_twice(account):
    FAULTS.inject(Fault("twice", resource="*:function:reader"))
    event = {"Records": [{"messageId": "1", "body": '{"name": "event", "do": "nothing"}'}]}
    event["Records"][0]["attributes"] = {"ApproximateReceiveCount": "1"}
    account.functions.invoke(
        FunctionName="reader", InvocationType="Event", Payload=json.dumps(event)
    )
    assert account.handled(at_least=2) == ["handled event 1"] * 2


def test_a_disabled_or_deleted_mapping_reads_nothing(account):
    mapping = account.map(Enabled=False)
    account.send("kept")
    assert account.handled(at_least=1, seconds=2) == []
    account.functions.delete_event_source_mapping(UUID=mapping["UUID"])
    assert account.left() == 1


def test_a_visibility_timeout_below_the_function_timeout_is_refused(account):
    account.functions.update_function_configuration(FunctionName="reader", Timeout=61)
    with pytest.raises(ClientError, match="visibility timeout: 60 seconds is less than Function"):
        account.map()
    assert account.functions.list_event_source_mappings()["EventSourceMappings"] == []


def test_a_role_that_may_not_read_the_queue_is_refused(account):
    account.cloud.client("iam").put_role_policy(
        RoleName="reader",
        PolicyName="all",
        PolicyDocument=json.dumps(
            document({"Effect": "Allow", "Action": READ[1:], "Resource": "*"})
        ),
    )
    with pytest.raises(ClientError, match="does not have permissions to call ReceiveMessage"):
        account.map()


def test_other_sources_are_refused(account):
    with pytest.raises(ClientError, match="does not support the event source arn:aws:kinesis"):
        account.functions.create_event_source_mapping(
            EventSourceArn="arn:aws:kinesis:us-east-1:123456789012:stream/s", FunctionName="reader"
        )
