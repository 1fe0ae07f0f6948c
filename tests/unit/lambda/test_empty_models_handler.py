"""The function `empty_models`, which deletes the models of a pipeline's executions."""

import boto3
import pytest
from botocore.exceptions import ClientError

PIPELINE = {"PipelineName": "redline-test-batch"}
EXECUTIONS = "arn:aws:sagemaker:us-east-1:1:pipeline/redline-test-batch/execution"


class SageMaker:
    """A stand-in for SageMaker with two executions, their models and other models."""

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


def test_only_models_of_the_pipeline_s_executions_are_deleted(
    load_handler, sagemaker, cloudformation, context
):
    load_handler("empty_models").handler(cloudformation.event("Delete", **PIPELINE), context)
    answer = cloudformation.answer()
    assert (answer["Status"], answer["Reason"]) == ("SUCCESS", "Deleted 2 models")
    assert sagemaker.models == [
        "pipelines-cccccccccccc-CreateModel-3",
        "redline-pipelines-aaaaaaaaaaaa-v1",
    ]


def test_a_pipeline_that_does_not_exist_has_no_executions(
    load_handler, sagemaker, cloudformation, context
):
    sagemaker.exists = False
    load_handler("empty_models").handler(cloudformation.event("Delete", **PIPELINE), context)
    assert cloudformation.answer()["Reason"] == "Deleted 0 models"
    assert len(sagemaker.models) == 4


@pytest.mark.parametrize("kind", ["Create", "Update"])
def test_create_and_update_delete_nothing(kind, load_handler, sagemaker, cloudformation, context):
    load_handler("empty_models").handler(cloudformation.event(kind, **PIPELINE), context)
    assert cloudformation.answer()["Status"] == "SUCCESS"
    assert len(sagemaker.models) == 4


@pytest.mark.parametrize("status", ["Executing", "Stopping"])
def test_nothing_is_deleted_while_an_execution_is_running(
    status, load_handler, sagemaker, cloudformation, context
):
    sagemaker.status = status
    load_handler("empty_models").handler(cloudformation.event("Delete", **PIPELINE), context)
    answer = cloudformation.answer()
    assert answer["Status"] == "FAILED"
    assert f"execution/aaaaaaaaaaaa is {status}: stop it" in answer["Reason"]
    assert len(sagemaker.models) == 4


def client_error():
    error = {"Code": "ValidationException", "Message": "it cannot be deleted"}
    return ClientError({"Error": error}, "DeleteModel")


def test_a_deletion_whose_response_was_lost_counts_as_done(
    load_handler, sagemaker, cloudformation, context, monkeypatch
):
    delete = sagemaker.delete_model

    def delete_and_fail(**names):
        delete(**names)
        raise client_error()

    monkeypatch.setattr(sagemaker, "delete_model", delete_and_fail)
    load_handler("empty_models").handler(cloudformation.event("Delete", **PIPELINE), context)
    assert cloudformation.answer()["Reason"] == "Deleted 2 models"
    assert len(sagemaker.models) == 2


def test_a_model_that_cannot_be_deleted_is_reported(
    load_handler, sagemaker, cloudformation, context, monkeypatch
):
    def refuse(**_names):
        raise client_error()

    monkeypatch.setattr(sagemaker, "delete_model", refuse)
    load_handler("empty_models").handler(cloudformation.event("Delete", **PIPELINE), context)
    answer = cloudformation.answer()
    assert answer["Status"] == "FAILED"
    assert "it cannot be deleted" in answer["Reason"]


def test_running_out_of_time_is_reported(load_handler, sagemaker, cloudformation, context):
    context.seconds = 10
    load_handler("empty_models").handler(cloudformation.event("Delete", **PIPELINE), context)
    answer = cloudformation.answer()
    assert answer["Status"] == "FAILED"
    assert "delete the stack again" in answer["Reason"]
