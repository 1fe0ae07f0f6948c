"""The stack of a pipeline with a Dockerfile builds its image; other stacks do not."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cache

import pytest

from pipeline_code.compiler import compiled
from stacks.config import Pipeline
from tests.application.app_of_own_image import IMAGES, SHAPED
from tests.application.environments import BASIC, DAILY, RETAINED, ROOT
from tests.application.synthesised import synthesised as fixed
from tests.environment_values import environment_values
from tests.synthesis import joined, statements, synthesise
from tests.template_checks.checkov import needs_checkov
from tests.template_checks.explained import (
    assert_explained,
    assert_explained_to_checkov,
    checked_environment,
)

TAG = r"redline-images-shaped:[0-9a-f]{64}"
KINDS = ("AWS::ECR::Repository", "AWS::CodeBuild::Project", "Custom::BuildImage")


@cache
def images():
    return synthesise(IMAGES, root=ROOT)


def resource(kind, stack="shaped", environment=None):
    return (environment or images()).the(stack, kind)


def test_the_definition_names_the_tag_that_is_built():
    body = json.loads(
        joined(resource("AWS::SageMaker::Pipeline")["PipelineDefinition"]["PipelineDefinitionBody"])
    )
    uri = environment_values(compiled("shaped", root=ROOT), body)["ShapedBuiltImageUri"]
    assert re.fullmatch(rf"<AWS::AccountId>\.dkr\.ecr\.us-east-1\.<AWS::URLSuffix>/{TAG}", uri)
    variables = resource("AWS::CodeBuild::Project")["Environment"]["EnvironmentVariables"]
    assert joined(variables[0]["Value"]) == uri
    assert uri.endswith(resource("Custom::BuildImage")["ImageTag"])


def test_the_repository_moves_no_tag_and_is_deleted_with_its_images():
    repository = images().resources("shaped", "AWS::ECR::Repository")
    ((_, found),) = repository.items()
    properties = found["Properties"]
    assert properties["ImageTagMutability"] == "IMMUTABLE"
    assert properties["ImageScanningConfiguration"] == {"ScanOnPush": True}
    assert properties["EncryptionConfiguration"]["EncryptionType"] == "KMS"
    (rule,) = json.loads(properties["LifecyclePolicy"]["LifecyclePolicyText"])["rules"]
    assert rule["selection"]["tagStatus"] == "untagged"
    assert (properties["EmptyOnDelete"], found["DeletionPolicy"]) == (True, "Delete")


def test_a_repository_is_retained_where_data_are_retained():
    environment = replace(RETAINED, pipelines=(replace(SHAPED, serving=None),))
    ((_, found),) = (
        synthesise(environment, root=ROOT).resources("shaped", "AWS::ECR::Repository").items()
    )
    assert "EmptyOnDelete" not in found["Properties"]
    assert found["DeletionPolicy"] == "RetainExceptOnCreate"


def allowed(role):
    """The actions and resources of the policies of a role, whose name starts like this."""
    return [
        (action, resource)
        for name, policy in images().resources("shaped", "AWS::IAM::Policy").items()
        if name.startswith(role)
        for statement in statements(policy)
        for action in statement["Action"]
        for resource in map(joined, statement["Resource"])
    ]


def test_the_build_pushes_to_its_repository_and_pulls_its_base():
    base = "arn:aws:ecr:us-east-1:683313688378:repository/sagemaker-scikit-learn"
    rights = allowed("ImageBuildPolicy")
    pulled = {resource for action, resource in rights if action == "ecr:BatchGetImage"}
    pushed = {resource for action, resource in rights if action == "ecr:PutImage"}
    (own,) = pushed
    assert pulled == {own, base}
    assert own.startswith("<ImageRepository")
    (source,) = {resource for action, resource in rights if action == "s3:GetObject"}
    assert re.search(r"/redline-images-shaped/[0-9a-f]{64}\.zip$", source)
    assert {action for action, resource in rights if resource == "*"} == {
        "ecr:GetAuthorizationToken"
    }


def test_the_build_is_not_in_the_vpc_and_runs_before_the_pipeline():
    assert "VpcConfig" not in resource("AWS::CodeBuild::Project")
    ((_, pipeline),) = images().resources("shaped", "AWS::SageMaker::Pipeline").items()
    assert any(name.startswith("ImageBuilt") for name in pipeline["DependsOn"])


def test_jobs_and_the_endpoint_pull_the_image():
    for stack in ("shaped", "shaped-serving"):
        pulled = {
            joined(resource)
            for name, policy in images().resources(stack, "AWS::IAM::Policy").items()
            if not name.startswith("Image")
            for statement in statements(policy)
            if "ecr:BatchGetImage" in statement["Action"]
            for resource in statement["Resource"]
        }
        assert pulled == {"arn:aws:ecr:us-east-1:<AWS::AccountId>:repository/redline-images-shaped"}


def test_a_pipeline_without_a_dockerfile_has_none_of_this():
    for name, templates_of in fixed("basic").templates.items():
        kinds = {each["Type"] for each in templates_of.get("Resources", {}).values()}
        assert kinds.isdisjoint(KINDS), name


def test_a_pipeline_with_its_own_ci_is_not_built():
    uri = f"111122223333.dkr.ecr.us-east-1.amazonaws.com/trainer@sha256:{'a' * 64}"
    own = Pipeline(name="imaged", schedule=DAILY, images={"TrainerImageUri": uri})
    synthesised = synthesise(replace(BASIC, pipelines=(own,)), root=ROOT)
    assert not synthesised.resources("imaged", "AWS::CodeBuild::Project")


@pytest.fixture(scope="module")
def explained(tmp_path_factory):
    """The app, with the findings of cdk-nag."""
    return checked_environment(IMAGES, tmp_path_factory.mktemp("checked"))


@pytest.mark.slow
def test_the_checks_find_nothing_unexplained(explained):
    assert_explained(explained)


@pytest.mark.slow
@needs_checkov
def test_checkov_finds_nothing_unexplained(explained, tmp_path):
    assert_explained_to_checkov(explained, tmp_path)
