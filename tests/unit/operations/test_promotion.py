"""Which versions `promote` accepts, and with which roles; tests/delivery has its calls."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError

from operations import OperationError
from operations.commands import promote
from operations.environment_clients import EnvironmentClients
from operations.promotion import promote_version
from operations.promotion.file_copies import copies_of, replaced
from operations.promotion.roles import with_promotion_role
from tests.application.promotion import RECEIVING


class Sts:
    """STS of an account that allows to assume nothing."""

    meta = SimpleNamespace(endpoint_url="https://sts.us-east-1.amazonaws.com")

    def get_caller_identity(self):
        return {"Account": "444444444444"}

    def assume_role(self, **request):
        error = {"Code": "AccessDenied", "Message": f"not authorized: {request['RoleArn']}"}
        raise ClientError({"Error": error}, "AssumeRole")


def receiving(declared=None):
    return EnvironmentClients("receiving", "us-east-1", lambda _: Sts(), declared)


def test_a_role_that_cannot_be_assumed_is_named_with_the_remedy():
    role = "arn:aws:iam::444444444444:role/redline-receiving-demand-promotion"
    with pytest.raises(OperationError, match=f"{role} cannot be assumed: .* Set promotion of"):
        with_promotion_role(receiving(), "demand")


def test_the_account_is_that_of_the_declaration():
    declared = SimpleNamespace(account="555555555555")
    with pytest.raises(OperationError, match="arn:aws:iam::555555555555:role/"):
        with_promotion_role(receiving(declared), "demand")


def test_the_source_is_the_declared_one():
    with pytest.raises(OperationError, match="receives models from providing, not from dev"):
        promote.run(receiving(RECEIVING), "demand/1", source="dev")


def test_a_pipeline_without_promotion_receives_nothing():
    with pytest.raises(OperationError, match="files of receiving receives models from None"):
        promote.run(receiving(RECEIVING), "files/1", source="providing")


def test_copies_are_below_the_prefix_of_promotions():
    document = {
        "model": "s3://one/kept/demand/abc/Train/model/job/output/model.tar.gz",
        "more": ["s3://one/reports/demand/old/report.html", "text", 1],
    }
    copies = copies_of(document, pipeline="demand", bucket="two")
    assert [each.target_uri for each in copies] == [
        "s3://two/kept/demand/promoted-abc/Train/model/job/output/model.tar.gz",
        "s3://two/kept/demand/promoted-old/report.html",
    ]
    texts = {each.uri: each.target_uri for each in copies}
    assert replaced(document, texts)["more"] == [copies[1].target_uri, "text", 1]


@pytest.mark.parametrize(
    "uri",
    [
        "s3://one/kept/other/abc/Train/model/x",
        "s3://one/kept/demand/latest.json",
        "s3://one/incoming/demand/abc/x",
        "s3://one/",
    ],
)
def test_what_no_run_of_the_pipeline_wrote_is_not_copied(uri):
    with pytest.raises(OperationError, match="only outputs of runs of demand"):
        copies_of([uri], pipeline="demand", bucket="two")


class Registry:
    """A registry that answers CreateModelPackage with the ARNs `answers`, one after another."""

    def __init__(self, *answers, **origins):
        self._answers, self._origins, self.tokens = list(answers), origins, []

    def create_model_package(self, **request):
        self.tokens.append(request["ClientToken"])
        return {"ModelPackageArn": f"arn:aws:sagemaker:::model-package/{self._answers.pop(0)}"}

    def describe_model_package(self, **request):
        version = request["ModelPackageName"].rpartition("/")[2]
        if version not in self._origins:
            raise ClientError({"Error": {"Code": "ValidationException"}}, "DescribeModelPackage")
        return {"CustomerMetadataProperties": {"promoted_from": self._origins[version]}}


def registered(registry):
    target = EnvironmentClients("receiving", "us-east-1", lambda _: registry)
    request = {"ModelPackageGroupName": "received"}
    return promote_version._register(target, request, "origin").rpartition(":")[2]


def test_promotions_at_the_same_time_have_the_same_token():
    first, second = (Registry("received/one", one="origin") for _ in range(2))
    assert registered(first) == registered(second) == "model-package/received/one"
    assert first.tokens == second.tokens


@pytest.mark.parametrize("answer", ["received/deleted", "received/other", "another/two"])
def test_the_answer_to_a_known_token_is_verified(answer):
    registry = Registry(answer, "received/two", two="origin", other="another origin")
    assert registered(registry) == "model-package/received/two"
    assert len(set(registry.tokens)) == 2


def test_a_version_that_was_not_registered_is_an_error():
    with pytest.raises(OperationError, match="which is not a copy of origin in received"):
        registered(Registry("received/deleted", "received/deleted"))
