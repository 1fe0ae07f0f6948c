"""A pipeline that predicts with another's models: its roles, its two functions, its errors."""

import json
from dataclasses import replace
from fnmatch import fnmatchcase

import pytest

from pipeline_code.compiler import compiled
from stacks.application import build_app, new_app
from stacks.config import ConfigurationError
from tests.application.environments import BASIC, BATCH, DEMAND, FILES, FIXED, PROVISIONED, ROOT
from tests.application.synthesised import synthesised
from tests.environment_values import environment_values
from tests.synthesis import joined, statements

PART = "demand-batch"
ROLES = {"execution": "RolesExecutionRole", "ModelRoleArn": "RolesModelRole"}


def policy(environment, name):
    (found,) = [
        resource
        for logical, resource in environment.resources(PART, "AWS::IAM::Policy").items()
        if logical.startswith(name)
    ]
    return statements(found)


def allowed(found, action):
    """The resources on which some statements allow an action."""
    return {
        joined(resource)
        for statement in found
        for pattern in statement["Action"]
        if fnmatchcase(action, pattern)
        for resource in statement["Resource"]
    }


def role(environment, name):
    return policy(environment, f"{ROLES[name]}Policy")


def function(environment, name):
    (found,) = [
        resource["Properties"]
        for logical, resource in environment.resources(PART, "AWS::Lambda::Function").items()
        if logical.startswith(name)
    ]
    return found


def values(environment):
    """The values that the environment has put into the definition."""
    found = environment.the(PART, "AWS::SageMaker::Pipeline")["PipelineDefinition"]
    body = json.loads(joined(found["PipelineDefinitionBody"]))
    return environment_values(compiled(PART, root=ROOT), body)


def paths(resources):
    return {resource.rsplit(">", 1)[-1] for resource in resources}


@pytest.mark.parametrize("name", PROVISIONED)
def test_the_group_is_that_of_the_pipeline_that_registers(name):
    environment = synthesised(name)
    assert values(environment)["ModelPackageGroupName"] == f"redline-{name}-demand"
    assert environment.resources(PART, "AWS::SageMaker::ModelPackageGroup") == {}
    assert "ModelPackageGroupName" not in environment.templates[PART]["Outputs"]


def test_the_model_is_read_where_its_pipeline_keeps_it_and_predictions_stay_in_their_own(
    environment,
):
    read = allowed(role(environment, "ModelRoleArn"), "s3:GetObject")
    assert paths(read) == {"/unload/demand-batch/*", "/kept/demand/*"}
    written = allowed(role(environment, "ModelRoleArn"), "s3:PutObject")
    assert paths(written) == {"/runs/demand-batch/*/Transform/predictions/*"}


def test_the_model_s_image_is_that_of_its_pipeline(environment):
    images = allowed(role(environment, "ModelRoleArn"), "ecr:BatchGetImage")
    assert any(image.endswith(":repository/sagemaker-scikit-learn") for image in images)


@pytest.mark.parametrize("name", PROVISIONED)
def test_models_are_created_only_from_packages_of_the_group(name):
    made = allowed(role(synthesised(name), "execution"), "sagemaker:CreateModel")
    packages = {resource for resource in made if ":model-package/" in resource}
    assert paths(packages) == {f":model-package/redline-{name}-demand/*"}
    jobs = allowed(role(synthesised(name), "execution"), "sagemaker:CreateTransformJob")
    assert paths(jobs) == {":transform-job/pipelines-*"}


def test_the_pipeline_calls_its_own_functions_and_the_one_that_extracts(environment):
    called = allowed(role(environment, "execution"), "lambda:InvokeFunction")
    given = values(environment)
    assert called == {
        given["ExtractFunctionArn"],
        given["LatestModelFunctionArn"],
        given["LoadPredictionsFunctionArn"],
    }
    assert len(called) == 3


def test_the_function_that_finds_the_model_reads_versions_and_models_only(environment):
    granted = policy(environment, "LatestModelPolicy")
    assert paths(allowed(granted, "s3:GetObject")) == {"/kept/demand/*/Train/model/*"}
    assert {action for each in granted for action in each["Action"]} == {
        "cloudwatch:PutMetricData",
        "kms:Decrypt",
        "s3:GetObject",
        "sagemaker:DescribeModelPackage",
        "sagemaker:ListModelPackages",
    }


def test_the_function_that_loads_is_only_the_writer_of_predictions(environment):
    settings = function(environment, "LoadPredictions")["Environment"]["Variables"]
    assert settings["DB_USER"] == "prediction_writer"
    assert settings["PIPELINE"] == "demand-batch"
    granted = policy(environment, "LoadPredictionsPolicy")
    users = sorted(allowed(granted, "redshift:GetClusterCredentials"))
    assert [user.rpartition("/")[2] for user in users] == ["redline", "prediction_writer"]
    assert {action.split(":")[0] for each in granted for action in each["Action"]} == {
        "redshift",
        "redshift-data",
    }
    assert function(environment, "LoadPredictions")["Timeout"] == 600


def test_the_warehouse_reads_the_predictions_of_this_pipeline(environment):
    granted = policy(environment, "LoadPredictionsWarehousePolicy")
    assert paths(allowed(granted, "s3:GetObject")) == {"/runs/demand-batch/*"}
    assert paths(allowed(granted, "s3:PutObject")) == set()


def test_a_serverless_warehouse_is_written_by_the_function_s_own_role():
    resources = synthesised("serverless").templates[PART]["Resources"].items()
    (settings,) = [
        resource["Properties"]["Environment"]["Variables"]
        for name, resource in resources
        if resource["Type"] == "AWS::Lambda::Function" and name.startswith("LoadPredictions")
    ]
    assert "WORKGROUP_NAME" in settings
    assert "DB_USER" not in settings
    (tags,) = [
        {tag["Key"]: tag["Value"] for tag in resource["Properties"]["Tags"]}
        for name, resource in resources
        if resource["Type"] == "AWS::IAM::Role" and name.startswith("LoadPredictions")
    ]
    assert tags["RedshiftDbRoles"] == "prediction_writers"


def only(*pipelines):
    return replace(BASIC, pipelines=pipelines)


@pytest.mark.parametrize(
    ("pipelines", "value"),
    [
        ((DEMAND, replace(BATCH, models_of=None)), "None"),
        ((FILES, replace(BATCH, models_of="files")), "'files'"),
    ],
)
def test_whose_models_are_used_must_be_said_and_registered(tmp_path, pipelines, value):
    with pytest.raises(ConfigurationError, match=f"demand-batch.models_of is {value}: allowed is"):
        build_app(only(*pipelines), new_app(tmp_path), **FIXED)
