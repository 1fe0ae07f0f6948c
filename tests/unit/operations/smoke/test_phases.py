"""What a phase reports if the services respond with a failure."""

from __future__ import annotations

from datetime import UTC, datetime

import boto3
import pytest
from botocore.stub import Stubber

from operations.environment_clients import EnvironmentClients
from operations.smoke import SmokeError
from operations.smoke.executions import Execution, execute
from operations.smoke.phase import SmokeRun
from operations.smoke.phases import approve, deploy, destroy
from stacks.environments import ENVIRONMENTS

NOW = datetime(2026, 11, 29, tzinfo=UTC)
HEAD = "arn:aws:sagemaker:us-east-1:123456789012"
EXECUTION = f"{HEAD}:pipeline/redline-dev-tickit/execution/abcdefghijkl"
PACKAGE = f"{HEAD}:model-package/redline-dev-tickit/1"


@pytest.fixture
def account():
    """`answer(service, operation, response)` adds the next response of a service."""
    clients, stubs = {}, {}

    def client(service):
        if service not in clients:
            clients[service] = boto3.client(
                service, "us-east-1", aws_access_key_id="any", aws_secret_access_key="any"
            )
            stubs[service] = Stubber(clients[service])
            stubs[service].activate()
        return clients[service]

    def answer(service, operation, response):
        client(service)
        stubs[service].add_response(operation, response)

    client.answer = answer
    yield client
    for stub in stubs.values():
        stub.assert_no_pending_responses()


@pytest.fixture
def run(account, tmp_path):
    return SmokeRun(
        EnvironmentClients.of(ENVIRONMENTS["dev"], account),
        deploy="false",
        destroy="true",
        folder=tmp_path,
        progress=lambda _line: None,
        pause=lambda _seconds: None,
    )


def stack(name, status="CREATE_COMPLETE"):
    return {"StackName": name, "StackId": name, "CreationTime": NOW, "StackStatus": status}


def event(resource, reason, status="CREATE_FAILED"):
    return {
        **{"StackId": "s", "StackName": "s", "EventId": resource, "Timestamp": NOW},
        **{"LogicalResourceId": resource, "ResourceStatus": status},
        "ResourceStatusReason": reason,
    }


def test_a_failed_deployment_has_the_reasons_of_its_own_resources(run, account):
    stacks = [stack("redline-dev-warehouse", "ROLLBACK_COMPLETE"), stack("payroll")]
    account.answer("cloudformation", "describe_stacks", {"Stacks": stacks})
    events = [
        event("Cluster", "ra3.large is not offered here"),
        event("Topic", "Resource creation cancelled"),
        event("Lake", "", status="CREATE_COMPLETE"),
    ]
    account.answer("cloudformation", "describe_stack_events", {"StackEvents": events})
    with pytest.raises(SmokeError) as failed:
        deploy.PHASE.run(run)
    (_, *reasons) = str(failed.value).splitlines()
    assert [each for each in reasons if each] == [
        "redline-dev-warehouse Cluster: ra3.large is not offered here"
    ]


def test_a_failed_execution_has_the_reasons_of_its_steps(run, account):
    account.answer("sagemaker", "start_pipeline_execution", {"PipelineExecutionArn": EXECUTION})
    for status in ("Executing", "Failed"):
        account.answer(
            "sagemaker",
            "describe_pipeline_execution",
            {"PipelineExecutionArn": EXECUTION, "PipelineExecutionStatus": status},
        )
    steps = [
        {"StepName": "Preprocess", "StepStatus": "Succeeded"},
        {"StepName": "Train", "StepStatus": "Failed", "FailureReason": "the role is denied"},
    ]
    account.answer("sagemaker", "list_pipeline_execution_steps", {"PipelineExecutionSteps": steps})
    with pytest.raises(
        SmokeError, match="execution/abcdefghijkl is Failed: .*\nTrain: the role is"
    ):
        execute(run, "tickit")


def test_a_step_that_a_gate_omitted_has_the_reason_of_the_lookup():
    outputs = [{"Name": "status", "Value": "NoApprovedModel"}]
    latest = {"StepStatus": "Succeeded", "Metadata": {"Lambda": {"OutputParameters": outputs}}}
    execution = Execution("tickit-batch", EXECUTION, {"LatestModel": latest})
    with pytest.raises(SmokeError, match="has not run LoadPredictions: .*NoApprovedModel"):
        execution.require("LoadPredictions", because_of="LatestModel")


def test_an_endpoint_that_fails_has_the_reason_of_the_service(run, account):
    package = {"ModelPackageArn": PACKAGE, "CreationTime": NOW, "ModelPackageStatus": "Completed"}
    account.answer("sagemaker", "list_model_packages", {"ModelPackageSummaryList": [package]})
    account.answer("sagemaker", "update_model_package", {"ModelPackageArn": PACKAGE})
    for status in ("Creating", "RollingBack", "Failed"):
        account.answer(
            "sagemaker",
            "describe_endpoint",
            {
                **{"EndpointName": "redline-dev-tickit", "EndpointArn": f"{HEAD}:endpoint/e"},
                **{"EndpointStatus": status, "FailureReason": "no instance is available"},
                **{"CreationTime": NOW, "LastModifiedTime": NOW},
            },
        )
    with pytest.raises(SmokeError, match="redline-dev-tickit is Failed: no instance is available"):
        approve.PHASE.run(run)


def test_running_executions_are_stopped_before_the_destruction(run, account, monkeypatch):
    monkeypatch.setattr(destroy, "remaining_resources", lambda _aws: [])
    pipelines = [{"PipelineName": "redline-dev-tickit"}]
    account.answer("sagemaker", "list_pipelines", {"PipelineSummaries": pipelines})
    executions = [
        {"PipelineExecutionArn": EXECUTION, "PipelineExecutionStatus": "Executing"},
        {"PipelineExecutionArn": f"{EXECUTION}2", "PipelineExecutionStatus": "Succeeded"},
    ]
    account.answer(
        "sagemaker", "list_pipeline_executions", {"PipelineExecutionSummaries": executions}
    )
    account.answer("sagemaker", "stop_pipeline_execution", {"PipelineExecutionArn": EXECUTION})
    for status in ("Stopping", "Stopped"):
        account.answer(
            "sagemaker", "describe_pipeline_execution", {"PipelineExecutionStatus": status}
        )
    assert destroy.PHASE.run(run) == f"stopped {EXECUTION}\n0 resources remain"
