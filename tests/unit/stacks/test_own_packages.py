"""The stack of a pipeline with a requirements.txt has its wheels as an asset, or is rejected."""

import json
import re
import shutil
from dataclasses import replace

import pytest

from pipeline_code.compiler import compiled
from pipeline_code.compiler.errors import WheelhouseError
from pipeline_code.wheelhouse.wheels import WHEELS
from stacks.config import Pipeline
from tests.application.environments import BASIC, DAILY, ROOT
from tests.environment_values import environment_values
from tests.synthesis import joined, synthesise
from tests.wheels import provide_wheels

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
