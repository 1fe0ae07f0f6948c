"""Calls of steps that fail or lose their response: each resource is created once."""

import io
import zipfile
from uuid import uuid4

import pytest

from local_cloud.faults.fault import Fault
from local_cloud.faults.fault_registry import FAULTS

SOON = [{"ExceptionType": ["Step.SERVICE_FAULT", "Step.THROTTLING"], "IntervalSeconds": 0}]
DOUBLE = """
def handler(event, context):
    return {"twice": event["number"] * 2}
"""
TRUST = """{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
"Principal": {"Service": "lambda.amazonaws.com"}}]}"""


@pytest.fixture(autouse=True)
def _no_faults():
    FAULTS.clear()
    yield
    FAULTS.clear()


def hits():
    return [hit["action"] for hit in FAULTS.report()["hits"]]


def jobs_of(workshop, outcome):
    found = workshop.sagemaker.list_processing_jobs(NameContains=outcome.id)
    return found["ProcessingJobSummaries"]


@pytest.mark.parametrize("kind", ["throttle", "error", "lost_answer"])
@pytest.mark.parametrize(
    ("action", "attempts"), [("CreateProcessingJob", 2), ("DescribeProcessingJob", 1)]
)
def test_a_failed_call_is_repeated_but_creates_one_job(workshop, kind, action, attempts):
    """A repeated Describe call is not a new attempt of the step."""
    step = workshop.step("Work", "Processing", workshop.processing(""), RetryPolicies=SOON)
    pipeline = workshop.pipeline([step])
    FAULTS.inject(Fault(kind, f"sagemaker:{action}", role="everything"))
    outcome = workshop.run(pipeline)
    assert outcome.status == "Succeeded", outcome.reasons
    assert outcome.steps["Work"]["AttemptCount"] == attempts
    assert hits() == [f"sagemaker:{action}"]
    (job,) = jobs_of(workshop, outcome)
    assert job["ProcessingJobArn"] == outcome.steps["Work"]["Metadata"]["ProcessingJob"]["Arn"]


def test_a_failed_job_is_replaced_by_one_with_another_name(workshop):
    policies = [{"ExceptionType": ["SageMaker.JOB_INTERNAL_ERROR"], "IntervalSeconds": 0}]
    step = workshop.step("Work", "Processing", workshop.processing(""), RetryPolicies=policies)
    pipeline = workshop.pipeline([step])
    FAULTS.inject(Fault("lost_instance"))
    outcome = workshop.run(pipeline)
    assert outcome.status == "Succeeded", outcome.reasons
    statuses = [job["ProcessingJobStatus"] for job in jobs_of(workshop, outcome)]
    assert sorted(statuses) == ["Completed", "Failed"]


def test_the_calls_of_a_step_are_retried_as_often_as_its_policy_says(workshop):
    policies = [{**SOON[0], "MaxAttempts": 2}]
    step = workshop.step("Work", "Processing", workshop.processing(""), RetryPolicies=policies)
    pipeline = workshop.pipeline([step])
    FAULTS.inject(Fault("error", "sagemaker:CreateProcessingJob", times=None))
    outcome = workshop.run(pipeline)
    assert outcome.status == "Failed"
    assert outcome.steps["Work"]["AttemptCount"] == 3
    assert "(InternalFailure)" in outcome.reasons["Work"]


@pytest.mark.parametrize("kind", ["throttle", "lost_answer"])
def test_a_version_and_a_model_are_created_once(workshop, kind):
    group = f"group-{uuid4().hex[:8]}"
    workshop.sagemaker.create_model_package_group(ModelPackageGroupName=group)
    container = {"Image": "registry.example/x:1", "ModelDataUrl": workshop.put("m.tar.gz", b"m")}
    package = {
        "ModelPackageGroupName": group,
        "InferenceSpecification": {
            "Containers": [container],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
    }
    model = {"ExecutionRoleArn": workshop.role, "PrimaryContainer": container}
    steps = [
        workshop.step("Model", "Model", model, RetryPolicies=SOON),
        workshop.step("Register", "RegisterModel", package, RetryPolicies=SOON),
    ]
    pipeline = workshop.pipeline(steps)
    for action in ("CreateModel", "CreateModelPackage"):
        FAULTS.inject(Fault(kind, f"sagemaker:{action}"))
    outcome = workshop.run(pipeline)
    assert outcome.status == "Succeeded", outcome.reasons
    assert sorted(hits()) == ["sagemaker:CreateModel", "sagemaker:CreateModelPackage"]
    client = workshop.sagemaker
    registered = client.list_model_packages(ModelPackageGroupName=group)["ModelPackageSummaryList"]
    assert [found["ModelPackageVersion"] for found in registered] == [1]
    assert len(client.list_models(NameContains=outcome.id)["Models"]) == 1


@pytest.fixture
def doubling(cloud):
    """A function that returns twice its argument."""
    iam, name = cloud.client("iam"), f"double-{uuid4().hex[:8]}"
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as packed:
        packed.writestr("handler.py", DOUBLE)
    made = cloud.client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.12",
        Role=role,
        Handler="handler.handler",
        Code={"ZipFile": code.getvalue()},
    )
    return made["FunctionArn"]


@pytest.mark.parametrize("kind", ["throttle", "error", "lost_answer"])
def test_a_lambda_step_without_policy_is_retried_by_the_service(workshop, doubling, kind):
    step = workshop.step(
        "Double",
        "Lambda",
        {"number": 21},
        FunctionArn=doubling,
        OutputParameters=[{"OutputName": "twice", "OutputType": "Integer"}],
    )
    pipeline = workshop.pipeline([step])
    FAULTS.inject(Fault(kind, "lambda:InvokeFunction"))
    outcome = workshop.run(pipeline)
    assert outcome.status == "Succeeded", outcome.reasons
    assert hits() == ["lambda:InvokeFunction"]
    shown = outcome.steps["Double"]["Metadata"]["Lambda"]["OutputParameters"]
    assert shown == [{"Name": "twice", "Value": "42"}]


def test_a_property_file_is_read_again(workshop):
    write = (
        "from pathlib import Path\n"
        "Path('/opt/ml/processing/output/report/r.json').write_text('{\"value\": 3}')"
    )
    request = workshop.processing(write, outputs={"report": workshop.uri("report")})
    file = {"PropertyFileName": "Report", "OutputName": "report", "FilePath": "r.json"}
    value = {"Get": "Steps.Measure.PropertyFiles.Report"}
    condition = {
        "Type": "Equals",
        "LeftValue": {"Std:JsonGet": {"PropertyFile": value, "Path": "value"}},
        "RightValue": 3,
    }
    branches = {"Conditions": [condition], "IfSteps": [], "ElseSteps": []}
    pipeline = workshop.pipeline(
        [
            workshop.step("Measure", "Processing", request, PropertyFiles=[file]),
            workshop.step("Check", "Condition", branches),
        ]
    )
    FAULTS.inject(Fault("throttle", "s3:GetObject", f"arn:aws:s3:::{workshop.bucket}/report/*"))
    outcome = workshop.run(pipeline)
    assert outcome.status == "Succeeded", outcome.reasons
    assert outcome.steps["Check"]["Metadata"]["Condition"]["Outcome"] == "True"
    assert hits() == ["s3:GetObject"]
