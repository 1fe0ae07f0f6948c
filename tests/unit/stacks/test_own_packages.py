"""The stack of a pipeline with a requirements.txt has its wheels as an asset, or is rejected."""

import json
import re
import shutil
from dataclasses import replace

import pytest

from pipeline_code.compiler import compiled
from pipeline_code.compiler.errors import WheelhouseError
from pipeline_code.wheelhouse.wheels import WHEELS
from stacks.config import ConfigurationError, Pipeline
from tests.application.environments import BASIC, DAILY, ROOT
from tests.environment_values import environment_values
from tests.synthesis import joined, statements, synthesise
from tests.wheels import provide_wheels

REPOSITORY = "111122223333.dkr.ecr.us-east-1.amazonaws.com/team/trainer"
URI = f"{REPOSITORY}@sha256:{'a' * 64}"
ENVIRONMENT = replace(BASIC, pipelines=(Pipeline(name="packaged", schedule=DAILY),))


@pytest.fixture
def wheel():
    """The wheel of `packaged` where `wheels` fetches it."""
    wheel = provide_wheels()
    yield wheel
    shutil.rmtree(wheel.parent)


def body(environment):
    """Return the deployed definition, with references in angle brackets."""
    properties = environment.the("packaged", "AWS::SageMaker::Pipeline")
    return json.loads(joined(properties["PipelineDefinition"]["PipelineDefinitionBody"]))


def test_the_wheels_are_below_the_prefix_that_jobs_read(wheel):
    synthesised = synthesise(ENVIRONMENT, root=ROOT)
    given = environment_values(compiled("packaged", root=ROOT), body(synthesised))
    assert re.fullmatch(r"redline-basic-packaged/[0-9a-f]{64}\.zip", given["WheelsKey"])
    assert given["WheelsKey"] != given["CodeKey"]
    again = synthesise(ENVIRONMENT, root=ROOT)
    assert again.templates["packaged"] == synthesised.templates["packaged"]


def test_only_steps_with_the_image_of_the_pipeline_get_the_wheels():
    steps = compiled("packaged", root=ROOT).body["Steps"]
    inputs = {
        step["Name"]: [each["InputName"] for each in step["Arguments"]["ProcessingInputs"]]
        for step in steps
    }
    assert inputs == {"Greet": ["code", "wheels"], "Copy": ["code", "files"]}


def test_a_synthesis_without_wheels_says_how_to_fetch_them():
    assert not WHEELS.is_dir() or not any(WHEELS.glob("*/tiny-*"))
    with pytest.raises(WheelhouseError, match="python -m pipeline_code wheels packaged"):
        synthesise(ENVIRONMENT, root=ROOT)


def imaged(**images):
    """An environment with the pipeline whose image is not of AWS."""
    pipeline = Pipeline(name="imaged", schedule=DAILY, images=images)
    return replace(BASIC, pipelines=(pipeline,))


def test_roles_may_pull_the_image_of_the_environment():
    synthesised = synthesise(imaged(TrainerImageUri=URI), root=ROOT)
    pulled = [
        joined(resource)
        for policy in synthesised.resources("imaged", "AWS::IAM::Policy").values()
        for statement in statements(policy)
        if "ecr:BatchGetImage" in statement["Action"]
        for resource in statement["Resource"]
    ]
    assert pulled == ["arn:aws:ecr:us-east-1:111122223333:repository/team/trainer"]
    properties = synthesised.the("imaged", "AWS::SageMaker::Pipeline")
    assert URI in joined(properties["PipelineDefinition"]["PipelineDefinitionBody"])


@pytest.mark.parametrize(
    ("images", "said"),
    [
        ({}, "add the URI of TrainerImageUri"),
        ({"TrainerImageUri": URI, "OtherImageUri": URI}, "remove OtherImageUri"),
        ({"TrainerImageUri": URI.replace("us-east-1", "eu-west-1")}, "an image in us-east-1"),
    ],
)
def test_images_and_definition_agree(images, said):
    with pytest.raises(ConfigurationError, match=said):
        synthesise(imaged(**images), root=ROOT)


@pytest.mark.parametrize("uri", [REPOSITORY, f"{REPOSITORY}:latest", "trainer", "a" * 64])
def test_an_image_has_a_registry_and_a_digest(uri):
    with pytest.raises(ConfigurationError, match="with its digest"):
        imaged(TrainerImageUri=uri)
