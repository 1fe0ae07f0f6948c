"""Pipelines and executions are found without reading the lists of all executions."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from operations import OperationError
from operations.environment_clients import EnvironmentClients
from operations.executions.lookup import executions, find_execution, find_pipeline

PREFIX = "arn:aws:sagemaker:us-east-1:1:pipeline"
NAMES = ("redline-dev-batch", "redline-dev-tickit")


class SageMaker:
    """Two pipelines with 10,000 executions each; the paging of each request is recorded."""

    def __init__(self):
        self.read, self.newest = 0, 10_000
        self.paging, self.names = [], NAMES

    def get_paginator(self, name):
        return Pages(self, name)

    def describe_pipeline(self, **_):
        raise ClientError({"Error": {"Code": "ResourceNotFound", "Message": ""}}, "Describe")

    def describe_pipeline_execution(self, *, PipelineExecutionArn):  # noqa: N803
        if PipelineExecutionArn != f"{PREFIX}/redline-dev-tickit/execution/abc":
            raise ClientError({"Error": {"Code": "ResourceNotFound", "Message": ""}}, "Describe")
        return {}


class Pages:
    """The pages of a list operation."""

    def __init__(self, sagemaker, name):
        self.sagemaker, self.name = sagemaker, name

    def paginate(self, *, PaginationConfig=None, **request):  # noqa: N803
        if self.name == "list_pipelines":
            assert request == {"PipelineNamePrefix": "redline-dev-"}
            pipelines = [
                {"PipelineName": name, "PipelineArn": f"{PREFIX}/{name}"}
                for name in self.sagemaker.names
            ]
            yield {"PipelineSummaries": pipelines}
            return
        self.sagemaker.paging.append(PaginationConfig)
        offset = NAMES.index(request["PipelineName"])
        for page in range(PaginationConfig["MaxItems"] // PaginationConfig["PageSize"]):
            self.sagemaker.read += PaginationConfig["PageSize"]
            first = self.sagemaker.newest - page * PaginationConfig["PageSize"]
            numbers = range(first, max(first - PaginationConfig["PageSize"], 0), -1)
            yield {
                "PipelineExecutionSummaries": [
                    {"StartTime": 2 * number + offset, "PipelineExecutionArn": f"{offset}/{number}"}
                    for number in numbers
                ]
            }


@pytest.fixture
def sagemaker():
    return SageMaker()


@pytest.fixture
def aws(sagemaker):
    return EnvironmentClients("dev", "us-east-1", lambda _service: sagemaker)


def test_only_the_newest_executions_are_read(aws, sagemaker):
    found = executions(aws, limit=20)
    assert [each["StartTime"] for each in found] == list(range(20_001, 19_981, -1))
    assert sagemaker.paging == [{"MaxItems": 20, "PageSize": 20}] * 2
    assert sagemaker.read == 40


def test_an_execution_is_found_by_its_id_without_a_list(aws, sagemaker):
    assert find_execution(aws, "abc") == f"{PREFIX}/redline-dev-tickit/execution/abc"
    with pytest.raises(OperationError, match="no execution 'abcd'"):
        find_execution(aws, "abcd")
    assert sagemaker.read == 0


def test_the_newest_of_a_pipeline_is_found(aws):
    assert find_execution(aws, "latest") == "1/10000"
    assert find_execution(aws, "batch/latest") == "0/10000"


def test_a_pipeline_that_has_not_run_is_named(aws, sagemaker):
    sagemaker.newest = 0
    with pytest.raises(OperationError, match="batch has not run yet. .*`redline start batch`"):
        find_execution(aws, "batch/latest")
    with pytest.raises(OperationError, match="No pipeline has run yet"):
        find_execution(aws, "latest")


def test_an_environment_without_pipelines_is_not_deployed(aws, sagemaker):
    sagemaker.names = ()
    with pytest.raises(OperationError, match="dev has no pipelines in us-east-1. Deploy dev with"):
        find_execution(aws, "latest")


def test_a_short_name_is_that_of_the_environment(aws):
    assert find_pipeline(aws, "tickit") == "redline-dev-tickit"
    assert find_pipeline(aws, "redline-dev-tickit") == "redline-dev-tickit"
    with pytest.raises(OperationError, match="Deployed: batch, tickit. Deploy dev with `make depl"):
        find_pipeline(aws, "kit")
