"""The resources of SageMaker that moto implements."""

from __future__ import annotations

import json

import pytest

IMAGE = "registry.example/sagemaker-scikit-learn:1.9-0-cpu-py3"


def model(aws):
    sagemaker = aws.client("sagemaker")
    sagemaker.create_model(
        ModelName="life",
        ExecutionRoleArn=aws.role("life-model", "sagemaker", "s3:*", "ecr:*"),
        PrimaryContainer={"Image": IMAGE, "Environment": {"a": "b"}},
    )
    found = sagemaker.describe_model(ModelName="life")
    assert found["PrimaryContainer"]["Environment"] == {"a": "b"}
    sagemaker.delete_model(ModelName="life")
    with pytest.raises(sagemaker.exceptions.ClientError, match="Could not find model"):
        sagemaker.describe_model(ModelName="life")


def model_package(aws):
    sagemaker = aws.client("sagemaker")
    group = {"ModelPackageGroupName": "life"}
    sagemaker.create_model_package_group(**group)
    assert sagemaker.describe_model_package_group(**group)["ModelPackageGroupStatus"] == "Completed"
    listed = sagemaker.list_model_package_groups()["ModelPackageGroupSummaryList"]
    assert "life" in [each["ModelPackageGroupName"] for each in listed]
    package = sagemaker.create_model_package(
        **group,
        ModelApprovalStatus="PendingManualApproval",
        InferenceSpecification={
            "Containers": [{"Image": IMAGE}],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
    )["ModelPackageArn"]
    sagemaker.update_model_package(ModelPackageArn=package, ModelApprovalStatus="Approved")
    found = sagemaker.describe_model_package(ModelPackageName=package)
    assert (found["ModelPackageVersion"], found["ModelApprovalStatus"]) == (1, "Approved")
    listed = sagemaker.list_model_packages(**group)["ModelPackageSummaryList"]
    assert [each["ModelPackageArn"] for each in listed] == [package]
    sagemaker.delete_model_package(ModelPackageName=package)
    assert sagemaker.list_model_packages(**group)["ModelPackageSummaryList"] == []
    sagemaker.delete_model_package_group(**group)
    with pytest.raises(sagemaker.exceptions.ClientError, match="does not exist"):
        sagemaker.describe_model_package_group(**group)


def pipeline(aws):
    sagemaker = aws.client("sagemaker")
    sagemaker.create_pipeline(
        PipelineName="life",
        PipelineDefinition=_failing("old"),
        RoleArn=aws.role("life-pipeline", "sagemaker", "sagemaker:*"),
        ClientRequestToken="0" * 32,
    )
    listed = sagemaker.list_pipelines()["PipelineSummaries"]
    assert "life" in [each["PipelineName"] for each in listed]
    sagemaker.update_pipeline(PipelineName="life", PipelineDefinition=_failing("new"))
    assert "new" in sagemaker.describe_pipeline(PipelineName="life")["PipelineDefinition"]
    sagemaker.delete_pipeline(PipelineName="life", ClientRequestToken="1" * 32)
    with pytest.raises(sagemaker.exceptions.ResourceNotFound):
        sagemaker.describe_pipeline(PipelineName="life")


def _failing(message):
    step = {"Name": "Fail", "Type": "Fail", "Arguments": {"ErrorMessage": message}}
    return json.dumps({"Version": "2020-12-01", "Steps": [step]})


def tag(aws):
    sagemaker = aws.client("sagemaker")
    group = {"ModelPackageGroupName": "life-tags"}
    name = {"ResourceArn": sagemaker.create_model_package_group(**group)["ModelPackageGroupArn"]}
    tags = [{"Key": "team", "Value": "a"}]
    sagemaker.add_tags(**name, Tags=tags)
    assert sagemaker.list_tags(**name)["Tags"] == tags
    sagemaker.delete_tags(**name, TagKeys=["team"])
    assert sagemaker.list_tags(**name)["Tags"] == []
    sagemaker.delete_model_package_group(**group)
