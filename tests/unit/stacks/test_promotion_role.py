"""What the roles that promote models may do, by the policies of the templates."""

from __future__ import annotations

from dataclasses import replace

import pytest

from local_cloud.authorization.decision import Call
from local_cloud.authorization.principals import Caller
from operations.promotion.file_copies import PROMOTED as PREFIX_OF_THE_CLIENT
from stacks.application import build_app
from stacks.config import ConfigurationError, Promotion
from stacks.lake.model_objects import PROMOTED, WRITER, WRITER_TAG
from tests.application.environments import BATCH, DAILY, DEMAND, FILES, FIXED, MONITOR
from tests.application.promotion import PROMOTER, PROVIDING, RECEIVING
from tests.permissions.names import ACCOUNT
from tests.permissions.policies import deployed
from tests.permissions.templates import templates_of
from tests.synthesis import synthesise

GROUP = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:model-package-group/redline-{{}}-demand"
VERSION = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:model-package/redline-{{}}-demand/1"
PENDING = {"sagemaker:modelapprovalstatus": ("PendingManualApproval",)}
APPROVED = {"sagemaker:modelapprovalstatus": ("Approved",)}
NEW = {"s3:if-none-match": ("*",)}
MODEL = "/kept/demand/one/Train/model/job/output/model.tar.gz"
COPY = f"/kept/demand/{PROMOTED}one/Train/model/job/output/model.tar.gz"


class Account:
    """The decisions of all policies of an environment on calls of its promotion role."""

    def __init__(self, environment):
        self._name = environment.name
        self.policies = deployed(templates_of(synthesise(environment, **FIXED)))
        self.role = f"redline-{environment.name}-demand-promotion"
        (self._lake,) = [
            arn
            for arn in self.policies.resources
            if arn.startswith("arn:aws:s3:") and "/Lake" in arn
        ]

    def allows(self, action, resource, **context):
        arn = f"arn:aws:iam::{ACCOUNT}:role/{self.role}"
        held = {
            "aws:principalarn": (arn,),
            "aws:principalaccount": (ACCOUNT,),
            "aws:principalisawsservice": ("false",),
            "aws:securetransport": ("true",),
            f"aws:principaltag/{WRITER_TAG.lower()}": (WRITER,),
            **context,
        }
        caller = Caller(account=ACCOUNT, role=arn, session=f"{arn}/session")
        where = f"{self._lake}{resource}" if resource.startswith("/") else resource
        return self.policies.decide(Call(caller, action, where.format(self._name), held)).allowed


@pytest.fixture(scope="module")
def providing():
    return Account(PROVIDING)


@pytest.fixture(scope="module")
def receiving():
    return Account(RECEIVING)


def test_only_the_promoter_assumes_them(providing, receiving):
    for account in (providing, receiving):
        (statement,) = account.policies.trust[account.role].statements
        assert statement.body["Principal"] == {"AWS": PROMOTER}


def test_the_providing_role_only_reads(providing):
    assert providing.allows("s3:GetObject", MODEL)
    assert providing.allows("s3:GetObject", "/reports/demand/one/report.html")
    assert providing.allows("sagemaker:DescribeModelPackage", VERSION)
    actions = {
        action
        for policy in providing.policies.identity[providing.role]
        for statement in policy.statements
        for action in statement.actions
    }
    assert actions == {"kms:Decrypt", "s3:GetObject", "sagemaker:DescribeModelPackage"}


@pytest.mark.parametrize("key", ["/kept/other/one/Train/model/x", "/incoming/demand/x"])
def test_the_providing_role_reads_nothing_else(providing, key):
    assert not providing.allows("s3:GetObject", key)


def test_the_receiving_role_writes_below_its_own_prefix_alone(receiving):
    assert receiving.allows("s3:PutObject", COPY, **NEW)
    assert not receiving.allows("s3:PutObject", MODEL, **NEW)
    assert not receiving.allows("s3:PutObject", f"/kept/other/{PROMOTED}one/Train/model/x", **NEW)
    assert not receiving.allows("s3:DeleteObject", COPY)
    assert not receiving.allows("s3:GetObject", MODEL)


@pytest.mark.parametrize("name", ["Train/model/job/output/model.tar.gz", "report.html"])
def test_a_copy_is_never_overwritten(receiving, name):
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html"""
    copy = f"/kept/demand/{PROMOTED}one/{name}"
    assert receiving.allows("s3:PutObject", copy, **NEW)
    assert not receiving.allows("s3:PutObject", copy)
    assert not receiving.allows("s3:PutObject", copy, **{"s3:if-match": ('"an ETag"',)})
    assert not receiving.allows("s3:PutObject", f"/kept/demand/{PROMOTED}one", **NEW)


def test_a_received_version_waits_for_approval(receiving):
    for resource in (GROUP, VERSION):
        assert receiving.allows("sagemaker:CreateModelPackage", resource, **PENDING)
        assert not receiving.allows("sagemaker:CreateModelPackage", resource, **APPROVED)
        assert not receiving.allows("sagemaker:CreateModelPackage", resource)
    assert not receiving.allows("sagemaker:UpdateModelPackage", VERSION, **APPROVED)
    other = GROUP.replace("demand", "files")
    assert not receiving.allows("sagemaker:CreateModelPackage", other, **PENDING)


def test_the_client_writes_where_the_role_may():
    assert PREFIX_OF_THE_CLIENT == PROMOTED


def test_an_environment_without_promotion_has_no_such_role():
    made = synthesise(replace(PROVIDING, pipelines=(DEMAND,)), **FIXED)
    assert not any("Promotion" in name for name, _ in made.everything())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda: Promotion(promoter="ModelPromoter"),
            "promotion.promoter is 'ModelPromoter': allowed is the ARN of one role",
        ),
        (
            lambda: replace(RECEIVING.pipelines[0], schedule=DAILY),
            "demand.schedule.enabled is True: allowed is False where the models are promoted",
        ),
        (
            lambda: replace(BATCH, promotion=Promotion(promoter=PROMOTER)),
            "demand-batch.promotion is .*: allowed is None where the models are another",
        ),
        (
            lambda: replace(DEMAND, promotion="staging"),
            "demand.promotion is 'staging': allowed is Promotion",
        ),
        (
            lambda: replace(RECEIVING, name="providing"),
            "demand.promotion.receives_from is 'providing': allowed is the name of another",
        ),
        (
            lambda: replace(RECEIVING, pipelines=(*RECEIVING.pipelines, MONITOR)),
            "demand-monitor.retrains is True: allowed is False, because demand receives",
        ),
        (
            lambda: build_app(
                replace(
                    PROVIDING,
                    pipelines=(replace(FILES, promotion=Promotion(promoter=PROMOTER)),),
                ),
                **FIXED,
            ),
            "files.promotion is .*: allowed is None for a pipeline that registers no models",
        ),
    ],
)
def test_a_promotion_that_cannot_work_is_rejected(change, message):
    with pytest.raises(ConfigurationError, match=message):
        change()
