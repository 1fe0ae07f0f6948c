"""The function that removes the models of a pipeline's runs."""

import boto3
import pytest
from botocore.exceptions import ClientError

PIPELINE = {"PipelineName": "redline-test-batch"}
EXECUTIONS = "arn:aws:sagemaker:us-east-1:1:pipeline/redline-test-batch/execution"


class SageMaker:
    """Two executions of the pipeline, models of theirs and of others."""

    def __init__(self):
        self.exists, self.status = True, "Failed"
        self.models = [
            "pipelines-aaaaaaaaaaaa-CreateModel-1",
            "pipelines-bbbbbbbbbbbb-Create-Model-2",
            "pipelines-cccccccccccc-CreateModel-3",
            "redline-pipelines-aaaaaaaaaaaa-v1",
        ]

    def get_paginator(self, name):
        self.listing = name
        return self

    def paginate(self, **request):
        if self.listing == "list_models":
            assert request == {"NameContains": "pipelines-"}
            models = [{"ModelName": name} for name in self.models]
            return [{"Models": models[:2]}, {"Models": models[2:]}]
        assert (self.listing, request) == ("list_pipeline_executions", PIPELINE)
        return self._executions()

    def _executions(self):
        if not self.exists:
            error = {"Code": "ResourceNotFound", "Message": "does not exist"}
            raise ClientError({"Error": error}, "ListPipelineExecutions")
        for execution in ("aaaaaaaaaaaa", "bbbbbbbbbbbb"):
            arn = f"{EXECUTIONS}/{execution}"
            summary = {"PipelineExecutionArn": arn, "PipelineExecutionStatus": self.status}
            yield {"PipelineExecutionSummaries": [summary]}

    def delete_model(self, *, ModelName):  # noqa: N803 - the API's name
        self.models.remove(ModelName)


@pytest.fixture
def sagemaker(monkeypatch):
    client = SageMaker()
    monkeypatch.setattr(boto3, "client", lambda service, **_: {"sagemaker": client}[service])
    return client


def test_models_of_the_pipeline_s_runs_go_and_no_others(
    load_handler, sagemaker, cloudformation, context
):
    load_handler("empty_models").handler(cloudformation.event("Delete", **PIPELINE), context)
    answer = cloudformation.answer()
    assert (answer["Status"], answer["Reason"]) == ("SUCCESS", "Deleted 2 models")
    assert sagemaker.models == [
        "pipelines-cccccccccccc-CreateModel-3",
        "redline-pipelines-aaaaaaaaaaaa-v1",
    ]


def test_a_pipeline_that_is_gone_has_no_runs(load_handler, sagemaker, cloudformation, context):
    sagemaker.exists = False
    load_handler("empty_models").handler(cloudformation.event("Delete", **PIPELINE), context)
    assert cloudformation.answer()["Reason"] == "Deleted 0 models"
    assert len(sagemaker.models) == 4


@pytest.mark.parametrize("kind", ["Create", "Update"])
def test_nothing_goes_before_the_stack_does(kind, load_handler, sagemaker, cloudformation, context):
    load_handler("empty_models").handler(cloudformation.event(kind, **PIPELINE), context)
    assert cloudformation.answer()["Status"] == "SUCCESS"
    assert len(sagemaker.models) == 4


@pytest.mark.parametrize("status", ["Executing", "Stopping"])
def test_nothing_goes_while_a_run_may_make_more(
    status, load_handler, sagemaker, cloudformation, context
):
    sagemaker.status = status
    load_handler("empty_models").handler(cloudformation.event("Delete", **PIPELINE), context)
    answer = cloudformation.answer()
    assert answer["Status"] == "FAILED"
    assert "execution/aaaaaaaaaaaa is not over: stop it" in answer["Reason"]
    assert len(sagemaker.models) == 4


def refusal():
    error = {"Code": "ValidationException", "Message": "it is not to be deleted"}
    return ClientError({"Error": error}, "DeleteModel")


def test_a_model_whose_deletion_was_done_but_not_heard_of_is_gone(
    load_handler, sagemaker, cloudformation, context, monkeypatch
):
    delete = sagemaker.delete_model

    def delete_twice(**names):
        delete(**names)
        raise refusal()

    monkeypatch.setattr(sagemaker, "delete_model", delete_twice)
    load_handler("empty_models").handler(cloudformation.event("Delete", **PIPELINE), context)
    assert cloudformation.answer()["Reason"] == "Deleted 2 models"
    assert len(sagemaker.models) == 2


def test_a_model_that_cannot_be_deleted_is_told(
    load_handler, sagemaker, cloudformation, context, monkeypatch
):
    def refuse(**_names):
        raise refusal()

    monkeypatch.setattr(sagemaker, "delete_model", refuse)
    load_handler("empty_models").handler(cloudformation.event("Delete", **PIPELINE), context)
    answer = cloudformation.answer()
    assert answer["Status"] == "FAILED"
    assert "it is not to be deleted" in answer["Reason"]


def test_running_out_of_time_is_told(load_handler, sagemaker, cloudformation, context):
    context.seconds = 10
    load_handler("empty_models").handler(cloudformation.event("Delete", **PIPELINE), context)
    answer = cloudformation.answer()
    assert answer["Status"] == "FAILED"
    assert "delete again" in answer["Reason"]
