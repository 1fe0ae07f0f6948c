"""The actions that roles need are derived from a definition; missing actions are found."""

from __future__ import annotations

import copy

import pytest

from pipeline_code.compiler import DefinitionError, Request, compiled, compiled_all
from tests.application.environments import ROOT
from tests.crosscheck.actions import required_actions
from tests.crosscheck.missing_actions import missing_actions


def steps(*items):
    return {"Parameters": [], "Steps": list(items)}


def test_the_execution_role_of_demand(body):
    assert required_actions(body).execution == (
        "iam:PassRole",
        "kms:Decrypt",
        "s3:GetObject",
        "sagemaker:AddTags",
        "sagemaker:CreateModel",
        "sagemaker:CreateModelPackage",
        "sagemaker:CreateProcessingJob",
        "sagemaker:CreateTrainingJob",
        "sagemaker:DescribeModel",
        "sagemaker:DescribeModelPackage",
        "sagemaker:DescribeProcessingJob",
        "sagemaker:DescribeTrainingJob",
        "sagemaker:StopProcessingJob",
        "sagemaker:StopTrainingJob",
    )


def test_the_roles_of_the_jobs_are_passed_on(body):
    needed = required_actions(body)
    assert needed.passed_roles == ("ModelRoleArn", "ProcessingRoleArn", "TrainingRoleArn")
    assert needed.roles == (*needed.passed_roles, "execution")


def test_only_the_processing_role_reads_the_warehouse(body):
    needed = required_actions(body)
    assert {"redshift:GetClusterCredentials", "redshift-data:ExecuteStatement"} <= set(
        needed.of("ProcessingRoleArn")
    )
    assert not any("redshift" in action for action in needed.of("TrainingRoleArn"))
    del body["Steps"][0]["Arguments"]["ProcessingInputs"][1]
    assert not any(
        "redshift" in action for action in required_actions(body).of("ProcessingRoleArn")
    )


def test_a_job_with_the_group_in_its_environment_reads_the_registry(body):
    reading = {"sagemaker:ListModelPackages", "sagemaker:DescribeModelPackage"}
    del body["Steps"][3]["Arguments"]["Environment"]
    assert reading.isdisjoint(required_actions(body).of("ProcessingRoleArn"))
    group = {"MODEL_PACKAGE_GROUP": {"Get": "Environment.ModelPackageGroupName"}}
    body["Steps"][2]["Arguments"]["Environment"] = group
    needed = required_actions(body)
    assert reading <= set(needed.of("ProcessingRoleArn"))
    assert reading.isdisjoint(needed.of("TrainingRoleArn"))


def test_a_model_reads_and_jobs_write(body):
    needed = required_actions(body)
    assert "s3:PutObject" in needed.of("TrainingRoleArn")
    assert "s3:PutObject" not in needed.of("ModelRoleArn")
    assert {"s3:GetObject", "ec2:CreateNetworkInterface"} <= set(needed.of("ModelRoleArn"))


TRANSFORM = {
    "Name": "Transform",
    "Type": "Transform",
    "Arguments": {
        "ModelName": {"Get": "Steps.CreateModel.ModelName"},
        "TransformInput": {"DataSource": {"S3DataSource": {"S3Uri": "s3://lake/a"}}},
        "TransformOutput": {"S3OutputPath": "s3://lake/b"},
    },
}


def test_a_transform_job_reads_and_writes_with_the_role_of_its_model(body):
    body["Steps"].append(TRANSFORM)
    needed = required_actions(body)
    assert "s3:PutObject" in needed.of("ModelRoleArn")
    assert "kms:GenerateDataKey" not in needed.of("ModelRoleArn")
    transform = {f"sagemaker:{verb}TransformJob" for verb in ("Create", "Describe", "Stop")}
    assert transform <= set(needed.execution)
    assert needed.passed_roles == ("ModelRoleArn", "ProcessingRoleArn", "TrainingRoleArn")


def test_a_transform_job_needs_what_its_fields_say(body):
    step = copy.deepcopy(TRANSFORM)
    step["Arguments"]["TransformOutput"]["KmsKeyId"] = {"Get": "Environment.KmsKeyArn"}
    body["Steps"].append(step)
    needed = required_actions(body)
    assert "kms:GenerateDataKey" in needed.of("ModelRoleArn")


def test_a_transform_job_of_a_model_that_is_there_has_a_role_that_is_not_ours():
    step = {**TRANSFORM, "Arguments": {**TRANSFORM["Arguments"], "ModelName": "made-elsewhere"}}
    assert required_actions(steps(step)).roles == ("execution",)


def test_a_job_that_names_no_role_has_none():
    job = {"Name": "Train", "Type": "Training", "Arguments": {}}
    assert required_actions(steps(job)).roles == ("execution",)


def test_who_makes_a_model_of_a_package_reads_the_package():
    role = {"Get": "Environment.ModelRoleArn"}
    model = {"ExecutionRoleArn": role, "PrimaryContainer": {"ModelPackageName": "group/1"}}
    step = {"Name": "CreateModel", "Type": "Model", "Arguments": model}
    assert "sagemaker:DescribeModelPackage" in required_actions(steps(step)).execution
    model["PrimaryContainer"] = {"Image": "image"}
    assert "sagemaker:DescribeModelPackage" not in required_actions(steps(step)).execution


def test_network_and_key_actions_come_with_the_fields_that_need_them(body):
    train = body["Steps"][1]["Arguments"]
    del train["VpcConfig"], train["OutputDataConfig"]["KmsKeyId"]
    del train["ResourceConfig"]["VolumeKmsKeyId"]
    actions = required_actions(body).of("TrainingRoleArn")
    assert not any(action.startswith(("ec2:", "kms:")) for action in actions)


def test_steps_that_call_other_services():
    tell = {"Name": "Tell", "Type": "Lambda", "Arguments": {}}
    wait = {"Name": "Wait", "Type": "Callback", "Arguments": {}}
    assert required_actions(steps(tell, wait)).execution == (
        "lambda:InvokeFunction",
        "sqs:SendMessage",
    )
    assert required_actions(steps(tell)).of("TrainingRoleArn") == ()


def test_tuning_passes_the_roles_of_its_jobs():
    jobs = [{"RoleArn": {"Get": "Environment.TrainingRoleArn"}}, {"RoleArn": "arn:role/own"}]
    tune = {"Name": "Tune", "Type": "Tuning", "Arguments": {"TrainingJobDefinitions": jobs}}
    assert required_actions(steps(tune)).passed_roles == ("TrainingRoleArn", "arn:role/own")


def test_an_unknown_step_type_is_refused_by_name():
    with pytest.raises(DefinitionError, match="step Crunch: .*'Lineage'"):
        required_actions(steps({"Name": "Crunch", "Type": "Lineage", "Arguments": {}}))


@pytest.mark.parametrize("jobs", ["running", "new", "serverless", "all"])
def test_jobs_of_emr_declare_what_their_steps_need(jobs):
    (compiled,) = compiled_all([Request("emr", {"jobs": jobs}, ROOT)])
    needed = required_actions(compiled.body)
    assert set(needed.execution) == set(compiled.manifest.execution.actions)
    if jobs in ("serverless", "all"):
        declared = compiled.manifest.job("EmrServerless").actions
        assert set(needed.of("EmrServerlessRoleArn")) == set(declared)


def grants(body):
    needed = required_actions(body)
    return {role: set(needed.of(role)) for role in needed.roles}


def test_roles_that_grant_what_is_needed_lack_nothing(body):
    assert missing_actions(body, grants(body)) == []
    wide = {role: {"S3:*", "*"} for role in grants(body)}
    assert missing_actions(body, wide) == []


def test_a_missing_action_is_named_with_its_step_and_role(body):
    granted = grants(body)
    granted["execution"] -= {"sagemaker:CreateModel"}
    granted["ProcessingRoleArn"] -= {"redshift:GetClusterCredentials"}
    found = missing_actions(body, granted)
    assert [(item.step, item.path, item.value) for item in found] == [
        ("Preprocess", "role ProcessingRoleArn", "redshift:GetClusterCredentials"),
        ("CreateModel", "role execution", "sagemaker:CreateModel"),
    ]
    assert "grant sagemaker:CreateModel to the role execution" in str(found[1])


def test_a_role_that_grants_nothing_lacks_everything(body):
    granted = grants(body)
    del granted["TrainingRoleArn"]
    assert {item.step for item in missing_actions(body, granted)} == {"Train"}


def test_only_the_role_of_a_job_with_its_secret_reads_the_secret_of_a_database():
    body = compiled("orders", root=ROOT).body
    needed = required_actions(body)
    assert needed.passed_roles == ("DatabaseRoleArn", "TrainingRoleArn")
    assert "secretsmanager:GetSecretValue" in needed.of("DatabaseRoleArn")
    assert "secretsmanager:GetSecretValue" not in needed.of("TrainingRoleArn")
