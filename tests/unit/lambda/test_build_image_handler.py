"""The function `build_image`, which starts a build and waits for its end."""

from types import SimpleNamespace

import boto3
import pytest

IMAGE = {"ProjectName": "builder", "RepositoryName": "images", "ImageTag": "abc"}


class ImageNotFoundException(Exception):
    """The error of ECR."""


class ResourceNotFoundException(Exception):
    """The error of CloudWatch Logs."""


class Account:
    """Stand-ins for CodeBuild, ECR and CloudWatch Logs: a build that ends after two requests."""

    def __init__(self):
        self.tags, self.started, self.stopped, self.lines = [], [], [], []
        self.status, self.requests, self.contexts = "SUCCEEDED", 2, []
        self.codebuild, self.ecr, self.logs = self, self, self
        self.exceptions = SimpleNamespace(
            ImageNotFoundException=ImageNotFoundException,
            ResourceNotFoundException=ResourceNotFoundException,
        )

    def describe_images(self, *, repositoryName, imageIds):  # noqa: N803 - the API's names
        assert repositoryName == "images"
        if imageIds[0]["imageTag"] not in self.tags:
            raise ImageNotFoundException
        return {"imageDetails": [{}]}

    def start_build(self, *, projectName, idempotencyToken):  # noqa: N803 - the API's names
        self.started.append((projectName, idempotencyToken))
        return {"build": {"id": "builder:1"}}

    def batch_get_builds(self, *, ids):
        self.requests -= 1
        phases = [{"contexts": [{"message": each} for each in self.contexts]}, {}]
        logs = {"groupName": "group", "streamName": "stream"}
        build = {"id": ids[0], "buildStatus": self.status, "phases": phases, "logs": logs}
        return {"builds": [{**build, "buildComplete": self.requests == 0}]}

    def stop_build(self, *, id):
        self.stopped.append(id)

    def get_log_events(self, *, limit, **_place):
        if not self.lines:
            raise ResourceNotFoundException
        return {"events": [{"message": f"{line}\n"} for line in self.lines[-limit:]]}


@pytest.fixture
def account(monkeypatch):
    account = Account()
    monkeypatch.setattr(boto3, "client", lambda service, **_: account)
    return account


@pytest.fixture
def handler(load_handler, account, monkeypatch):
    module = load_handler("build_image")
    monkeypatch.setattr(module, "POLL_SECONDS", 0.001)
    return module.handler


@pytest.mark.parametrize("kind", ["Create", "Update"])
def test_an_image_is_built(kind, handler, account, cloudformation, context):
    event = cloudformation.event(kind, **IMAGE)
    handler(event, context)
    answer = cloudformation.answer()
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", "images")
    assert account.started == [("builder", event["RequestId"])]
    assert account.requests == 0


def test_an_image_that_exists_is_not_built_again(handler, account, cloudformation, context):
    account.tags.append("abc")
    handler(cloudformation.event("Update", **IMAGE), context)
    assert cloudformation.answer()["Reason"] == "images:abc exists"
    assert account.started == []


def test_a_deletion_builds_nothing(handler, account, cloudformation, context):
    handler(cloudformation.event("Delete", **IMAGE), context)
    assert cloudformation.answer()["Status"] == "SUCCESS"
    assert account.started == []


def test_a_failed_build_is_reported_with_the_end_of_its_log(
    handler, account, cloudformation, context
):
    account.status, account.lines = "FAILED", [f"line {number}" for number in range(100)]
    handler(cloudformation.event("Create", **IMAGE), context)
    answer = cloudformation.answer()
    assert answer["Status"] == "FAILED"
    assert answer["Reason"].startswith("the build builder:1 is FAILED; the last lines")
    assert answer["Reason"].endswith("line 98\nline 99")
    assert "line 50" not in answer["Reason"]


def test_the_end_of_a_long_log_is_not_cut_off(handler, account, cloudformation, context):
    account.status, account.lines = "FAILED", ["x" * 10_000, "the error"]
    handler(cloudformation.event("Create", **IMAGE), context)
    assert cloudformation.answer()["Reason"].endswith("the error")


def test_a_build_without_a_log_has_the_message_of_its_phase(
    handler, account, cloudformation, context
):
    account.status, account.contexts = "FAILED", ["AccessDenied: the source"]
    handler(cloudformation.event("Create", **IMAGE), context)
    assert "is FAILED: AccessDenied: the source" in cloudformation.answer()["Reason"]


def test_a_build_that_takes_too_long_is_stopped(handler, account, cloudformation, context):
    context.seconds = 20
    handler(cloudformation.event("Create", **IMAGE), context)
    answer = cloudformation.answer()
    assert answer["Status"] == "FAILED"
    assert "took too long and was stopped" in answer["Reason"]
    assert account.stopped == ["builder:1"]
