"""Approved models cannot be replaced: attempts are denied, and replaced models are refused."""

from __future__ import annotations

import json
import time

import pytest
from botocore.exceptions import ClientError

from tests.faults.watching import eventually
from tests.integration.inbox import subscribed
from tests.integration.laptop import deployed, step
from tests.integration.test_serving import (
    ENDPOINT,
    GROUP,
    answering,
    archive_of,
    decide,
    package,
    predict,
    version,
    wait_for,
)

# Every pipeline that uses the models of tickit.
PIPELINES = ("tickit", "tickit-batch", "tickit-monitor")
# A model that answers every row with 666.0.
REPLACEMENT = """
def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/csv")])
    rows = environ["wsgi.input"].read().splitlines()[1:] if environ.get("CONTENT_LENGTH") else []
    return [b"666.0\\n" for _ in rows]
"""

pytestmark = pytest.mark.laptop


class Models:
    """The models of registered versions, which the administrator replaces and restores."""

    def __init__(self, laptop):
        self._laptop, self.originals = laptop, {}

    def uri(self, arn):
        (container,) = package(self._laptop, arn)["InferenceSpecification"]["Containers"]
        return container["ModelDataUrl"]

    def replace(self, arn):
        """Overwrite the model of a version, as the administrator."""
        bucket, key = split(self.uri(arn))
        self.originals[arn] = self._laptop.read(self.uri(arn))
        self._laptop.client("s3").put_object(Bucket=bucket, Key=key, Body=archive_of(REPLACEMENT))

    def restore(self, arn):
        bucket, key = split(self.uri(arn))
        self._laptop.client("s3").put_object(Bucket=bucket, Key=key, Body=self.originals.pop(arn))


def split(uri):
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key


@pytest.fixture(scope="module")
def laptop(tmp_path_factory):
    """A laptop cloud of its own: these tests register copies and refuse versions."""
    with deployed(tmp_path_factory.mktemp("integrity"), *PIPELINES) as laptop:
        yield laptop


@pytest.fixture(scope="module")
def inbox(laptop):
    """A queue that receives the messages of the alert topic."""
    return subscribed(laptop, "integrity-alerts")


@pytest.fixture(scope="module")
def first_run(laptop):
    return laptop.json("tick", "tickit")


@pytest.fixture(scope="module")
def trained(first_run):
    return first_run["packages"][0]["arn"]


@pytest.fixture(scope="module")
def models(laptop):
    return Models(laptop)


@pytest.fixture(scope="module")
def versions(laptop, trained, models):
    """Two versions with different models, both approved; the second one is in service."""
    newest = register_copy(laptop, models, trained)
    for arn in (trained, newest):
        decide(laptop, arn, "Approved")
        wait_for(laptop, arn)
    return trained, newest


def register_copy(laptop, models, source):
    """Register the model of `source` again, at a key of its own, as a training job writes it."""
    described = package(laptop, source)
    bucket, _ = split(models.uri(source))
    key = f"kept/tickit/copy{time.time_ns()}/Train/model/job/output/model.tar.gz"
    laptop.client("s3").put_object(Bucket=bucket, Key=key, Body=laptop.read(models.uri(source)))
    (container,) = described["InferenceSpecification"]["Containers"]
    return laptop.client("sagemaker").create_model_package(
        ModelPackageGroupName=GROUP,
        InferenceSpecification={
            "Containers": [{**container, "ModelDataUrl": f"s3://{bucket}/{key}"}],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
        CustomerMetadataProperties=described["CustomerMetadataProperties"],
    )["ModelPackageArn"]


def roles(laptop, stack):
    """Return logical id -> ARN of the roles of a stack."""
    resources = laptop.client("cloudformation").get_paginator("list_stack_resources")
    names = {
        found["LogicalResourceId"]: found["PhysicalResourceId"]
        for page in resources.paginate(StackName=stack)
        for found in page["StackResourceSummaries"]
        if found["ResourceType"] == "AWS::IAM::Role"
    }
    iam = laptop.client("iam")
    return {key: iam.get_role(RoleName=name)["Role"]["Arn"] for key, name in names.items()}


def document(statement):
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def denied(call, **request):
    with pytest.raises(ClientError) as error:
        call(**request)
    assert error.value.response["Error"]["Code"] == "AccessDenied"


@pytest.mark.parametrize("stack", ["tickit", "tickit-batch", "tickit-monitor", "tickit-serving"])
def test_no_role_but_that_of_training_writes_models(laptop, trained, models, stack):
    bucket, key = split(models.uri(trained))
    before = laptop.read(models.uri(trained))
    for name, arn in roles(laptop, f"redline-local-{stack}").items():
        storage = laptop.cloud().client("s3", arn)
        if not name.startswith("RolesTrainingRole"):
            denied(storage.put_object, Bucket=bucket, Key=key, Body=b"other")
        denied(storage.delete_object, Bucket=bucket, Key=key)
    assert laptop.read(models.uri(trained)) == before


def test_the_bucket_denies_it_to_a_role_that_may_write_everywhere(laptop, trained, models):
    iam = laptop.client("iam")
    service = {"Service": "sagemaker.amazonaws.com"}
    trust = {"Effect": "Allow", "Principal": service, "Action": "sts:AssumeRole"}
    allow = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    role = iam.create_role(RoleName="too-much", AssumeRolePolicyDocument=document(trust))
    iam.put_role_policy(RoleName="too-much", PolicyName="all", PolicyDocument=document(allow))
    storage = laptop.cloud().client("s3", role["Role"]["Arn"])
    bucket, key = split(models.uri(trained))
    denied(storage.put_object, Bucket=bucket, Key=key, Body=b"other")
    denied(storage.delete_object, Bucket=bucket, Key=key)
    storage.put_object(Bucket=bucket, Key="kept/tickit/latest.json", Body=b"{}")


def test_the_deployer_records_refusals_only(laptop, trained):
    (role,) = [
        arn
        for name, arn in roles(laptop, "redline-local-tickit-serving").items()
        if name.startswith("Deployer")
    ]
    update = laptop.cloud().client("sagemaker", role).update_model_package
    for change in (
        {"ModelApprovalStatus": "Approved"},
        {"CustomerMetadataProperties": {"model_sha256": "0" * 64}},
        {"CustomerMetadataPropertiesToRemove": ["model_sha256"]},
    ):
        with pytest.raises(ClientError, match="is not authorized"):
            update(ModelPackageArn=trained, **change)
    update(ModelPackageArn=trained, CustomerMetadataProperties={"deployment_refused": "test"})
    update(ModelPackageArn=trained, CustomerMetadataPropertiesToRemove=["deployment_refused"])


def test_a_registered_model_has_the_digest_of_what_was_measured(laptop, first_run, trained):
    own = package(laptop, trained)["CustomerMetadataProperties"]
    assert own["model_sha256"] == first_run["metrics"]["EvaluationReport"]["model"]["sha256"]


def test_a_replaced_model_is_refused_when_it_is_approved(laptop, versions, models, inbox):
    newest = register_copy(laptop, models, versions[1])
    models.replace(newest)
    decide(laptop, newest, "Approved")
    eventually(
        lambda: "deployment_refused" in package(laptop, newest)["CustomerMetadataProperties"]
    )
    assert inbox.messages("is not the one that was evaluated", f"-v{version(newest)}-")
    eventually(lambda: alarm_of(laptop, "tickit-serving") == "ALARM")
    assert answering(laptop) == versions[1]
    assert 666.0 not in predict(laptop)
    outcome = laptop.json("approve", newest, code=1)
    assert "SHA-256" in outcome["text"]


def test_a_replaced_model_is_refused_in_batch(laptop, versions, models, inbox):
    models.replace(versions[1])
    summary = laptop.json("start", "tickit-batch", code=1)
    assert summary["status"] == "Failed"
    assert "has the SHA-256" in step(summary, "LatestModel")["reason"]
    assert inbox.messages(summary["execution_id"])
    models.restore(versions[1])


def test_a_replaced_model_is_refused_at_a_rollback(laptop, versions, models):
    models.replace(versions[0])
    ended = laptop.run("rollback", "tickit", code=1)
    assert "were refused" in ended.stderr
    assert answering(laptop) == versions[1]
    assert 666.0 not in predict(laptop)
    models.restore(versions[0])
    for arn in versions:
        decide(laptop, arn, "Rejected")
        decide(laptop, arn, "Approved")
    eventually(
        lambda: (
            "deployment_refused" not in package(laptop, versions[0])["CustomerMetadataProperties"]
        )
    )


def test_a_rollback_is_one_command(laptop, versions):
    wait_for(laptop, versions[1])
    shown = laptop.json("rollback", "tickit", "--reason", "too many zeros")
    assert shown == {
        "endpoint": ENDPOINT,
        "before": version(versions[1]),
        "after": version(versions[0]),
        "reason": "too many zeros",
    }
    rejected = package(laptop, versions[1])
    assert rejected["ApprovalDescription"] == "too many zeros"
    assert rejected["ModelApprovalStatus"] == "Rejected"
    assert len(predict(laptop)) == 3


def test_without_a_previous_version_nothing_is_rejected(laptop, versions):
    ended = laptop.run("rollback", "tickit", code=1)
    assert "no other version is approved" in ended.stderr
    assert package(laptop, versions[0])["ModelApprovalStatus"] == "Approved"


def test_a_version_that_was_rolled_back_is_not_used_in_batch(laptop, versions, models):
    broken = register_copy(laptop, models, versions[0])
    bucket, key = split(models.uri(broken))
    content = archive_of('raise ValueError("broken")\n')
    laptop.client("s3").put_object(Bucket=bucket, Key=key, Body=content)
    (container,) = package(laptop, broken)["InferenceSpecification"]["Containers"]
    unverified = laptop.client("sagemaker").create_model_package(
        ModelPackageGroupName=GROUP,
        InferenceSpecification={
            "Containers": [container],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
    )["ModelPackageArn"]
    laptop.json("approve", unverified, code=1)
    summary = laptop.json("start", "tickit-batch")
    outputs = step(summary, "LatestModel")["metadata"]["Lambda"]["OutputParameters"]
    assert {"Name": "model_package_arn", "Value": versions[0]} in outputs
    assert package(laptop, unverified)["ModelApprovalStatus"] == "Approved"


def alarm_of(laptop, stack):
    """Return the state of the alarm on refused models of a stack."""
    alarms = laptop.client("cloudwatch").describe_alarms()["MetricAlarms"]
    (found,) = [
        each
        for each in alarms
        if each["MetricName"] == "RefusedModels" and f"-{stack}-" in each["AlarmName"]
    ]
    return found["StateValue"]
