"""Models, model packages, Lambda steps and the status events of the service."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from local_cloud.sagemaker import status_events

FIT = 'open("/opt/ml/model/model.txt", "w").write("fitted")'
IMAGE = "registry.example/sagemaker-scikit-learn:1.9-0-cpu-py3"
ARTIFACTS = {"Get": "Steps.Train.ModelArtifacts.S3ModelArtifacts"}


@pytest.fixture
def group(sagemaker) -> str:
    name = f"group-{uuid4().hex[:8]}"
    sagemaker.create_model_package_group(ModelPackageGroupName=name)
    return name


def specification(uri):
    return {
        "Containers": [{"Image": IMAGE, "ModelDataUrl": uri}],
        "SupportedContentTypes": ["text/csv"],
        "SupportedResponseMIMETypes": ["text/csv"],
    }


def steps(workshop, group):
    model = {
        "ExecutionRoleArn": workshop.role,
        "PrimaryContainer": {
            "Image": IMAGE,
            "ModelDataUrl": ARTIFACTS,
            "Environment": {"SAGEMAKER_PROGRAM": "inference.py"},
        },
    }
    package = {
        "ModelPackageGroupName": group,
        "ModelApprovalStatus": {"Get": "Parameters.Approval"},
        "InferenceSpecification": specification(ARTIFACTS),
        "ModelMetrics": {
            "ModelQuality": {
                "Statistics": {"ContentType": "application/json", "S3Uri": "s3://b/evaluation.json"}
            }
        },
        "CustomerMetadataProperties": {
            "execution_id": {"Get": "Execution.PipelineExecutionId"},
        },
    }
    return [
        workshop.step("Train", "Training", workshop.training(FIT)),
        workshop.step("CreateModel", "Model", model),
        workshop.step("RegisterModel", "RegisterModel", package),
    ]


APPROVAL = {
    "Name": "Approval",
    "Type": "String",
    "DefaultValue": "PendingManualApproval",
    "EnumValues": ["PendingManualApproval", "Approved", "Rejected"],
}


def test_a_model_and_a_package_are_created_from_a_training_step(workshop, group):
    outcome = workshop.run(workshop.pipeline(steps(workshop, group), [APPROVAL]))
    assert outcome.status == "Succeeded", outcome.reasons
    training = outcome.steps["Train"]["Metadata"]["TrainingJob"]["Arn"]
    client = workshop.sagemaker
    job = client.describe_training_job(TrainingJobName=training.rpartition("/")[2])
    uri = job["ModelArtifacts"]["S3ModelArtifacts"]

    model_arn = outcome.steps["CreateModel"]["Metadata"]["Model"]["Arn"]
    model = client.describe_model(ModelName=model_arn.rpartition("/")[2])
    assert model["PrimaryContainer"]["ModelDataUrl"] == uri
    assert model["PrimaryContainer"]["Environment"] == {"SAGEMAKER_PROGRAM": "inference.py"}

    arn = outcome.steps["RegisterModel"]["Metadata"]["RegisterModel"]["Arn"]
    assert arn.endswith(f":model-package/{group}/1")
    package = client.describe_model_package(ModelPackageName=arn)
    assert package["ModelApprovalStatus"] == "PendingManualApproval"
    assert package["ModelPackageVersion"] == 1
    assert package["InferenceSpecification"]["Containers"][0]["ModelDataUrl"] == uri
    assert package["CustomerMetadataProperties"] == {"execution_id": outcome.id}
    metrics = package["ModelMetrics"]["ModelQuality"]["Statistics"]
    assert metrics["S3Uri"] == "s3://b/evaluation.json"


def test_a_step_creates_a_group_that_does_not_exist(workshop):
    """The SDK creates no group in a pipeline session, and its test has none:

    https://github.com/aws/sagemaker-python-sdk/blob/master/sagemaker-mlops/tests/integ/workflow/test_pipeline_train_registry.py
    """
    name = f"group-{uuid4().hex[:8]}"
    package = {
        "ModelPackageGroupName": name,
        "InferenceSpecification": specification(workshop.put("model.tar.gz", b"model")),
    }
    step = workshop.step("Register", "RegisterModel", package)
    outcome = workshop.run(workshop.pipeline([step]))
    assert outcome.status == "Succeeded", outcome.reasons
    arn = outcome.steps["Register"]["Metadata"]["RegisterModel"]["Arn"]
    assert arn.endswith(f":model-package/{name}/1")


def register(workshop, group, **more):
    uri = workshop.put("model.tar.gz", b"model")
    return workshop.sagemaker.create_model_package(
        ModelPackageGroupName=group, InferenceSpecification=specification(uri), **more
    )["ModelPackageArn"]


def test_versions_count_up_and_need_approval(workshop, group):
    arns = [register(workshop, group, ModelApprovalStatus="Approved"), register(workshop, group)]
    assert [arn.rpartition("/")[2] for arn in arns] == ["1", "2"]
    listed = workshop.sagemaker.list_model_packages(
        ModelPackageGroupName=group, ModelApprovalStatus="PendingManualApproval"
    )["ModelPackageSummaryList"]
    assert [entry["ModelPackageVersion"] for entry in listed] == [2]


def test_an_approval_keeps_all_other_members(workshop, group):
    properties = {"query_sha256": "abc"}
    arn = register(workshop, group, CustomerMetadataProperties=properties)
    client = workshop.sagemaker
    client.update_model_package(
        ModelPackageArn=arn, ModelApprovalStatus="Approved", ApprovalDescription="good"
    )
    client.update_model_package(
        ModelPackageArn=arn, CustomerMetadataProperties={"reviewer": "someone"}
    )
    package = client.describe_model_package(ModelPackageName=arn)
    assert package["ModelApprovalStatus"] == "Approved"
    assert package["ApprovalDescription"] == "good"
    assert package["CustomerMetadataProperties"] == properties | {"reviewer": "someone"}


def test_the_version_of_a_deleted_package_is_not_used_again(workshop, group):
    first, second = register(workshop, group), register(workshop, group)
    client = workshop.sagemaker
    client.delete_model_package(ModelPackageName=first)
    listed = client.list_model_packages(ModelPackageGroupName=group)["ModelPackageSummaryList"]
    assert [entry["ModelPackageArn"] for entry in listed] == [second]
    for call in (client.describe_model_package, client.delete_model_package):
        with pytest.raises(client.exceptions.ClientError, match="not found"):
            call(ModelPackageName=first)
    assert register(workshop, group).endswith(f"/{group}/3")


def test_the_group_can_be_given_by_its_arn(workshop, group):
    described = workshop.sagemaker.describe_model_package_group(ModelPackageGroupName=group)
    arn = register(workshop, described["ModelPackageGroupArn"])
    assert arn.endswith(f"/{group}/1")


def test_a_group_name_must_be_unique(workshop, group):
    with pytest.raises(ClientError, match="Model Package Group already exists: arn:aws.*"):
        workshop.sagemaker.create_model_package_group(ModelPackageGroupName=group)


def test_a_group_can_be_deleted_after_its_packages(workshop, group):
    package = register(workshop, group)
    with pytest.raises(ClientError, match="ConflictException.*delete them first"):
        workshop.sagemaker.delete_model_package_group(ModelPackageGroupName=group)
    workshop.sagemaker.delete_model_package(ModelPackageName=package)
    workshop.sagemaker.delete_model_package_group(ModelPackageGroupName=group)
    with pytest.raises(ClientError, match="does not exist"):
        workshop.sagemaker.delete_model_package_group(ModelPackageGroupName=group)


def test_missing_model_data_is_refused(workshop, group):
    uri = workshop.uri("missing.tar.gz")
    container = {"Image": IMAGE, "ModelDataUrl": uri}
    with pytest.raises(ClientError, match="Could not access model data at s3://.*/missing.tar.gz"):
        workshop.sagemaker.create_model(
            ModelName=f"m-{uuid4().hex[:8]}",
            ExecutionRoleArn=workshop.role,
            PrimaryContainer=container,
        )
    with pytest.raises(ClientError, match="Could not access model data"):
        workshop.sagemaker.create_model_package(
            ModelPackageGroupName=group, InferenceSpecification=specification(uri)
        )


def test_a_model_name_must_be_unique(workshop):
    uri = workshop.put("model.tar.gz", b"model")
    request = {
        "ModelName": f"m-{uuid4().hex[:8]}",
        "ExecutionRoleArn": workshop.role,
        "PrimaryContainer": {"Image": IMAGE, "ModelDataUrl": uri},
        "EnableNetworkIsolation": True,
    }
    workshop.sagemaker.create_model(**request)
    described = workshop.sagemaker.describe_model(ModelName=request["ModelName"])
    assert described["EnableNetworkIsolation"] is True
    with pytest.raises(ClientError, match="Cannot create already existing model"):
        workshop.sagemaker.create_model(**request)
    listed = workshop.sagemaker.list_models(NameContains=request["ModelName"])["Models"]
    assert [entry["ModelName"] for entry in listed] == [request["ModelName"]]


@pytest.fixture
def published(monkeypatch) -> list[dict]:
    """The events that SageMaker sends to EventBridge during the test."""
    sent: list[dict] = []
    monkeypatch.setattr(status_events, "publish", lambda _cloud, **event: sent.append(event))
    return sent


def details(published, detail_type, arn):
    return [
        event["detail"]
        for event in published
        if event["detail_type"] == detail_type and arn in event["resources"]
    ]


def test_the_status_events_have_the_fields_of_the_service(workshop, group, published):
    outcome = workshop.run(workshop.pipeline(steps(workshop, group), [APPROVAL]))
    prefix = "SageMaker Model Building Pipeline Execution"
    executions = details(published, f"{prefix} Status Change", outcome.arn)
    statuses = [
        (entry.get("previousPipelineExecutionStatus"), entry["currentPipelineExecutionStatus"])
        for entry in executions
    ]
    assert statuses == [(None, "Executing"), ("Executing", "Succeeded")]
    assert set(executions[-1]) == {
        "currentPipelineExecutionStatus",
        "previousPipelineExecutionStatus",
        "executionStartTime",
        "executionEndTime",
        "pipelineArn",
        "pipelineExecutionArn",
    }
    train = [
        entry
        for entry in details(published, f"{prefix} Step Status Change", outcome.arn)
        if entry["stepName"] == "Train"
    ]
    assert [entry["currentStepStatus"] for entry in train] == [
        "Starting",
        "Executing",
        "Succeeded",
    ]
    job = outcome.steps["Train"]["Metadata"]["TrainingJob"]["Arn"]
    assert train[-1]["metadata"] == {"trainingJob": {"arn": job}}
    assert train[-1]["stepType"] == "Training"
    jobs = details(published, "SageMaker Training Job State Change", job)
    assert [entry["TrainingJobStatus"] for entry in jobs] == ["InProgress", "Completed"]
    assert isinstance(jobs[-1]["CreationTime"], int)
    arn = outcome.steps["RegisterModel"]["Metadata"]["RegisterModel"]["Arn"]
    (package,) = details(published, "SageMaker Model Package State Change", arn)
    assert package["ModelPackageGroupName"] == group
    assert package["ModelApprovalStatus"] == "PendingManualApproval"
    json.dumps(published)


class FakeLambda:
    """A stand-in for a Lambda client that returns a fixed response."""

    def __init__(self, answer, **more):
        self.answer, self.more = answer, more

    def invoke(self, **request):
        self.request = request
        return {"Payload": Payload(json.dumps(self.answer).encode())} | self.more


class Payload:
    def __init__(self, body):
        self.read = lambda: body


@pytest.fixture
def function(monkeypatch):
    """Let Lambda steps call a stand-in instead of the deployed function."""
    from local_cloud.sagemaker.pipelines.execution_runner import ExecutionRunner

    original = ExecutionRunner._client

    def use(fake):
        monkeypatch.setattr(
            ExecutionRunner,
            "_client",
            lambda run, service: fake if service == "lambda" else original(run, service),
        )
        return fake

    return use


ARN = "arn:aws:lambda:us-east-1:123456789012:function:count"


def call(workshop):
    outputs = [{"OutputName": "rows", "OutputType": "Integer"}]
    return workshop.step(
        "Count", "Lambda", {"table": "sales"}, FunctionArn=ARN, OutputParameters=outputs
    )


def test_a_lambda_step_passes_its_outputs_to_later_steps(workshop, function):
    fake = function(FakeLambda({"rows": 3, "other": 1}))
    condition = {
        "Type": "Equals",
        "LeftValue": {"Get": "Steps.Count.OutputParameters['rows']"},
        "RightValue": 3,
    }
    wrong = workshop.step("Wrong", "Fail", {"ErrorMessage": "no"})
    check = workshop.step(
        "Check", "Condition", {"Conditions": [condition], "IfSteps": [], "ElseSteps": [wrong]}
    )
    outcome = workshop.run(workshop.pipeline([call(workshop), check]))
    assert outcome.status == "Succeeded", outcome.reasons
    assert fake.request == {"FunctionName": ARN, "Payload": b'{"table": "sales"}'}
    shown = {"Arn": ARN, "OutputParameters": [{"Name": "rows", "Value": "3"}]}
    assert outcome.steps["Count"]["Metadata"] == {"Lambda": shown}


@pytest.mark.parametrize(
    ("fake", "expected"),
    [
        (FakeLambda({"sum": 3}), "does not contain the declared outputs ['rows']; it has ['sum']"),
        (
            FakeLambda(
                {"errorType": "KeyError", "errorMessage": "'table'"}, FunctionError="Unhandled"
            ),
            "failed: KeyError: 'table'",
        ),
    ],
)
def test_a_lambda_step_fails_with_the_error_of_the_function(workshop, function, fake, expected):
    function(fake)
    outcome = workshop.run(workshop.pipeline([call(workshop)]))
    assert outcome.status == "Failed"
    assert expected in outcome.reasons["Count"]
