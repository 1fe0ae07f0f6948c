"""What `status` and `pipelines` say about the versions and the endpoint of a pipeline."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from local_cloud.tests.deployed_models import SageMaker
from operations.commands import alarms
from operations.commands.status import run
from operations.environment_clients import EnvironmentClients

GROUP = "redline-local-one"
ARN = f"arn:aws:sagemaker:us-east-1:1:model-package/{GROUP}"


class Account(SageMaker):
    """The clients of an account: one pipeline with its stack, its versions and its endpoint."""

    def __call__(self, _service):
        return self

    def get_paginator(self, operation):
        return Pages(getattr(self, operation))

    def describe_stacks(self):
        outputs = [{"OutputKey": "EndpointName", "OutputValue": GROUP}] if self.endpoint else []
        stack = {"StackName": GROUP, "StackStatus": "CREATE_COMPLETE", "Outputs": outputs}
        yield {"Stacks": [stack]}

    def list_pipelines(self, **_):
        yield {"PipelineSummaries": [{"PipelineName": GROUP}]}

    def describe_pipeline(self, **_):
        return {"PipelineDefinition": '{"Parameters": [], "Steps": []}'}

    def list_pipeline_executions(self, **_):
        summary = {
            "PipelineExecutionArn": f"arn/{GROUP}/execution/abc",
            "PipelineExecutionStatus": "Succeeded",
            "StartTime": datetime(2026, 1, 1, tzinfo=UTC),
        }
        yield {"PipelineExecutionSummaries": [summary]}

    def list_model_package_groups(self, **_):
        yield {"ModelPackageGroupSummaryList": [{"ModelPackageGroupName": GROUP}]}

    def list_model_packages(self, **_):
        found = [
            {"ModelPackageArn": f"{ARN}/{version}", "ModelApprovalStatus": status}
            for version, status in self.statuses.items()
        ]
        yield {"ModelPackageSummaryList": found}

    def list_rules(self, **_):
        yield {"Rules": []}

    def list_schedules(self, **_):
        yield {"Schedules": []}

    def list_endpoints(self, **_):
        yield {"Endpoints": []}

    def describe_alarms(self, **_):
        yield {"MetricAlarms": []}

    def serve(self, version, status):
        """Let the endpoint answer with a version."""
        self.endpoint = {
            "EndpointArn": "endpoint/x",
            "EndpointStatus": status,
            "EndpointConfigName": f"{GROUP}-v{version}-0a1b2c3d",
        }
        self.tags["endpoint/x"] = {"ModelPackage": f"{ARN}/{version}"}


class Pages:
    """The pages of an operation."""

    def __init__(self, operation):
        self.operation = operation

    def paginate(self, PaginationConfig=None, **request):  # noqa: N803
        yield from self.operation(**request)


@pytest.fixture
def account():
    return Account()


@pytest.fixture
def shown(account, capsys):
    """Run the command. Return its lines."""

    def status():
        assert run(EnvironmentClients("local", "us-east-1", account, is_laptop=True)) == 0
        return [line.rstrip() for line in capsys.readouterr().out.splitlines()]

    return status


def test_an_approved_version_without_an_endpoint_is_shown(account, shown):
    account.statuses = {1: "Approved", 2: "Approved", 3: "Rejected", 4: "PendingManualApproval"}
    assert shown()[2].endswith("version 2 is approved, 4 waits")


def test_the_version_in_service_is_shown(account, shown):
    account.statuses = {1: "Approved"}
    account.serve(1, "InService")
    assert shown()[2].endswith("  version 1")


def test_an_endpoint_that_is_being_updated_has_its_status(account, shown):
    account.statuses = {1: "Approved"}
    account.serve(1, "Updating")
    assert "Endpoints that are not InService: one (Updating) (`redline endpoints`)" in shown()


def test_without_alarms_none_is_said_to_be_off(account, capsys):
    assert alarms.run(EnvironmentClients("local", "us-east-1", account), on=True) == 0
    assert capsys.readouterr().out == "local has no alarms.\n"
