"""A pipeline that predicts with another's models: its roles, its two functions, its refusals."""

import json
from dataclasses import replace
from fnmatch import fnmatchcase

import pytest

from stacks.application import build_app, new_app
from stacks.config import ConfigurationError
from stacks.environments import ENVIRONMENTS, LOCAL
from tests.crosscheck.missing_actions import missing_actions
from tests.definitions import definition
from tests.environment_values import environment_values
from tests.serverless import SERVERLESS
from tests.unit.stacks.synthesised import ENVIRONMENT_NAMES, joined, statements, synthesised

PART = "tickit-batch"
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


def body(environment):
    found = environment.the(PART, "AWS::SageMaker::Pipeline")["PipelineDefinition"]
    return json.loads(joined(found["PipelineDefinitionBody"]))


def defaults(environment):
    return {each["Name"]: each["DefaultValue"] for each in body(environment)["Parameters"]}


def values(environment):
    """What the environment has put into the definition."""
    return environment_values(definition(PART), body(environment))


def paths(resources):
    return {resource.rsplit(">", 1)[-1] for resource in resources}


@pytest.mark.parametrize("name", ENVIRONMENT_NAMES)
def test_the_group_is_that_of_the_pipeline_that_registers(name):
    environment = synthesised(name)
    assert values(environment)["ModelPackageGroupName"] == f"redline-{name}-tickit"
    assert environment.resources(PART, "AWS::SageMaker::ModelPackageGroup") == {}
    assert "ModelPackageGroupName" not in environment.templates[PART]["Outputs"]


def test_roles_grant_what_the_definition_needs_and_nothing_else(environment):
    needed = definition(PART).body
    actions = {
        name: [action for statement in role(environment, name) for action in statement["Action"]]
        for name in ROLES
    }
    assert missing_actions(needed, actions) == []
    for name in ROLES:
        for action in actions[name]:
            without = {**actions, name: [each for each in actions[name] if each != action]}
            assert missing_actions(needed, without), f"{name} does not need {action}"


def test_the_model_is_read_where_its_pipeline_keeps_it_and_predictions_stay_in_their_own(
    environment,
):
    read = allowed(role(environment, "ModelRoleArn"), "s3:GetObject")
    assert paths(read) == {"/unload/tickit-batch/*", "/kept/tickit/*"}
    written = allowed(role(environment, "ModelRoleArn"), "s3:PutObject")
    assert paths(written) == {"/runs/tickit-batch/*"}


def test_the_model_s_image_is_that_of_its_pipeline(environment):
    images = allowed(role(environment, "ModelRoleArn"), "ecr:BatchGetImage")
    assert any(image.endswith(":repository/sagemaker-scikit-learn") for image in images)


@pytest.mark.parametrize("name", ENVIRONMENT_NAMES)
def test_models_are_made_of_the_group_s_packages_alone(name):
    made = allowed(role(synthesised(name), "execution"), "sagemaker:CreateModel")
    packages = {resource for resource in made if ":model-package/" in resource}
    assert paths(packages) == {f":model-package/redline-{name}-tickit/*"}
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


def test_whoever_finds_the_model_lists_versions_and_no_more(environment):
    (statement,) = policy(environment, "LatestModelPolicy")
    assert statement["Action"] == ["sagemaker:ListModelPackages"]


def test_whoever_loads_is_the_writer_of_predictions_alone(environment):
    settings = function(environment, "LoadPredictions")["Environment"]["Variables"]
    assert settings["DB_USER"] == "prediction_writer"
    assert settings["PIPELINE"] == "tickit-batch"
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
    assert paths(allowed(granted, "s3:GetObject")) == {"/runs/tickit-batch/*"}
    assert paths(allowed(granted, "s3:PutObject")) == set()


def test_a_serverless_warehouse_is_written_by_the_function_s_own_role(tmp_path):
    build_app(SERVERLESS, new_app(tmp_path)).synth()
    template = json.loads((tmp_path / "redline-local-tickit-batch.template.json").read_text())
    resources = template["Resources"].items()
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
    return replace(LOCAL, pipelines=pipelines)


TICKIT, BATCH, INSURANCE = (
    next(each for each in LOCAL.pipelines if each.name == name)
    for name in ("tickit", "tickit-batch", "insurance")
)


@pytest.mark.parametrize(
    ("pipelines", "value"),
    [
        ((TICKIT, replace(BATCH, models_of=None)), "None"),
        ((INSURANCE, replace(BATCH, models_of="insurance")), "'insurance'"),
    ],
)
def test_whose_models_are_used_must_be_said_and_registered(tmp_path, pipelines, value):
    with pytest.raises(ConfigurationError, match=f"tickit-batch.models_of is {value}: allowed is"):
        build_app(only(*pipelines), new_app(tmp_path))


def test_the_sample_data_s_last_month_stands_for_what_is_to_come_on_the_laptop(local, prod):
    assert defaults(local)["FirstDay"] == "2008-12-01"
    assert defaults(prod)["FirstDay"] == "today"
    assert defaults(prod)["LastDay"] == "horizon"


def test_it_is_scheduled_everywhere_after_its_models_pipeline():
    for environment in ENVIRONMENTS.values():
        names = [pipeline.name for pipeline in environment.pipelines]
        assert names.index("tickit") < names.index("tickit-batch")
