"""Callback steps: the message in the queue, the results, the stop, and rejected definitions."""

from __future__ import annotations

import json
import time
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from local_cloud.sagemaker.pipelines.callback_tokens import Callbacks


class Queue:
    """A consumer of the queue of Callback steps."""

    def __init__(self, cloud):
        self.sqs = cloud.client("sqs")
        self.url = self.sqs.create_queue(QueueName=f"callbacks-{uuid4().hex[:8]}")["QueueUrl"]

    def receive(self):
        until = time.monotonic() + 60
        while time.monotonic() < until:
            found = self.sqs.receive_message(QueueUrl=self.url).get("Messages", [])
            if found:
                receipt = found[0]["ReceiptHandle"]
                self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=receipt)
                return json.loads(found[0]["Body"])
            time.sleep(0.05)
        raise AssertionError("no message came")


@pytest.fixture
def queue(cloud):
    return Queue(cloud)


def wait_step(queue, **outputs):
    declared = [{"OutputName": name, "OutputType": kind} for name, kind in outputs.items()]
    return {
        "Name": "Wait",
        "Type": "Callback",
        "Arguments": {"day": {"Get": "Parameters.Day"}, "count": 5},
        "SqsQueueUrl": {"Get": "Parameters.Queue"},
        "OutputParameters": declared,
    }


@pytest.fixture
def pipeline(workshop, queue):
    """A pipeline whose Callback step returns `rows`, which a Condition step then reads."""
    rows = {"Get": "Steps.Wait.OutputParameters['rows']"}
    condition = {"Type": "Equals", "LeftValue": rows, "RightValue": 7}
    seven = {"Conditions": [condition], "IfSteps": [], "ElseSteps": []}
    return workshop.pipeline(
        [wait_step(queue, rows="Integer"), workshop.step("Seven", "Condition", seven)],
        [
            {"Name": "Day", "Type": "String", "DefaultValue": "2008-01-01"},
            {"Name": "Queue", "Type": "String", "DefaultValue": queue.url},
        ],
    )


def outputs(**values):
    return [{"Name": name, "Value": value} for name, value in values.items()]


def test_the_message_contains_a_token_and_the_resolved_arguments(workshop, pipeline, queue):
    arn = workshop.start(pipeline)
    message = queue.receive()
    token = message.pop("token")
    assert len(token) == 10
    assert token.isalnum()
    assert message == {
        "pipelineExecutionArn": arn,
        "arguments": {"day": "2008-01-01", "count": 5},
        "status": "Executing",
    }
    workshop.sagemaker.send_pipeline_execution_step_failure(CallbackToken=token)
    workshop.wait(arn)


def test_a_success_passes_typed_outputs_to_later_steps(workshop, pipeline, queue):
    arn = workshop.start(pipeline)
    token = queue.receive()["token"]
    answer = workshop.sagemaker.send_pipeline_execution_step_success(
        CallbackToken=token, OutputParameters=outputs(rows="7", more="x")
    )
    assert answer["PipelineExecutionArn"] == arn
    assert workshop.wait(arn)["PipelineExecutionStatus"] == "Succeeded"
    steps = workshop.steps(arn)
    assert steps["Wait"]["Metadata"]["Callback"] == {
        "CallbackToken": token,
        "SqsQueueUrl": queue.url,
        "OutputParameters": outputs(rows="7", more="x"),
    }
    assert steps["Seven"]["Metadata"]["Condition"]["Outcome"] == "True"


def test_a_failure_sets_the_failure_reason_of_the_step(workshop, pipeline, queue):
    arn = workshop.start(pipeline)
    workshop.sagemaker.send_pipeline_execution_step_failure(
        CallbackToken=queue.receive()["token"], FailureReason="relation sold does not exist"
    )
    assert workshop.wait(arn)["PipelineExecutionStatus"] == "Failed"
    assert workshop.steps(arn)["Wait"]["FailureReason"] == "relation sold does not exist"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (outputs(other="7"), "does not contain the declared outputs ['rows']; it has ['other']"),
        (outputs(rows="seven"), "has the wrong type: invalid literal"),
    ],
)
def test_an_answer_with_wrong_outputs_fails_the_step(workshop, pipeline, queue, given, expected):
    arn = workshop.start(pipeline)
    workshop.sagemaker.send_pipeline_execution_step_success(
        CallbackToken=queue.receive()["token"], OutputParameters=given
    )
    workshop.wait(arn)
    assert expected in workshop.steps(arn)["Wait"]["FailureReason"]


def test_a_token_accepts_one_answer(workshop, pipeline, queue):
    arn = workshop.start(pipeline)
    answer = {"CallbackToken": queue.receive()["token"], "OutputParameters": outputs(rows="7")}
    workshop.sagemaker.send_pipeline_execution_step_success(**answer)
    with pytest.raises(ClientError, match="ResourceNotFound.*No callback step waits"):
        workshop.sagemaker.send_pipeline_execution_step_success(**answer)
    with pytest.raises(ClientError, match="ResourceNotFound"):
        workshop.sagemaker.send_pipeline_execution_step_failure(CallbackToken="a123456789")
    assert workshop.wait(arn)["PipelineExecutionStatus"] == "Succeeded"


def test_a_stop_is_sent_to_the_queue_and_waits_for_the_answer(workshop, pipeline, queue):
    arn = workshop.start(pipeline)
    token = queue.receive()["token"]
    workshop.sagemaker.stop_pipeline_execution(PipelineExecutionArn=arn)
    stop = queue.receive()
    assert (stop["token"], stop["status"]) == (token, "Stopping")
    shown = workshop.sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)
    assert shown["PipelineExecutionStatus"] == "Stopping"
    workshop.sagemaker.send_pipeline_execution_step_failure(CallbackToken=token)
    assert workshop.wait(arn)["PipelineExecutionStatus"] == "Stopped"
    assert workshop.steps(arn)["Wait"]["StepStatus"] == "Stopped"


@pytest.mark.parametrize("kind", ["throttle", "time_out"])
def test_a_stop_is_sent_again_if_the_queue_did_not_accept_it(
    workshop, pipeline, queue, kind, faults
):
    arn = workshop.start(pipeline)
    token = queue.receive()["token"]
    faults.inject(kind, action="sqs:SendMessage")
    workshop.sagemaker.stop_pipeline_execution(PipelineExecutionArn=arn)
    assert queue.receive()["status"] == "Stopping"
    workshop.sagemaker.send_pipeline_execution_step_failure(CallbackToken=token)
    assert workshop.wait(arn)["PipelineExecutionStatus"] == "Stopped"


@pytest.mark.parametrize("kind", ["throttle", "error", "time_out"])
def test_a_message_is_sent_again_if_the_queue_did_not_accept_it(
    workshop, pipeline, queue, kind, faults
):
    faults.inject(kind, action="sqs:SendMessage")
    arn = workshop.start(pipeline)
    answer = {"CallbackToken": queue.receive()["token"], "OutputParameters": outputs(rows="7")}
    workshop.sagemaker.send_pipeline_execution_step_success(**answer)
    assert workshop.wait(arn)["PipelineExecutionStatus"] == "Succeeded"


def test_a_stop_does_not_wait_if_the_queue_was_deleted(workshop, pipeline, queue):
    arn = workshop.start(pipeline)
    queue.receive()
    queue.sqs.delete_queue(QueueUrl=queue.url)
    workshop.sagemaker.stop_pipeline_execution(PipelineExecutionArn=arn)
    assert workshop.wait(arn)["PipelineExecutionStatus"] == "Stopped"


def test_a_missing_queue_fails_the_step(workshop, pipeline):
    arn = workshop.start(pipeline, {"Queue": "http://localhost/123456789012/nothing"})
    assert workshop.wait(arn)["PipelineExecutionStatus"] == "Failed"
    assert "NonExistentQueue" in workshop.steps(arn)["Wait"]["FailureReason"]


def test_waits_end_when_the_laptop_cloud_ends():
    callbacks = Callbacks()
    with callbacks.opened("arn") as callback:
        callbacks.close()
        assert callback.answered.is_set()
        assert callback.outputs is None
        assert callback.reason == "The laptop cloud has ended."
