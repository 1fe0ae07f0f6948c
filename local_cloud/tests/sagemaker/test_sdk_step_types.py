"""Step types of the SageMaker SDK: each is run, or rejected with the name of its class."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from local_cloud.definition_rules.step_type import all_step_types
from local_cloud.sagemaker import check_definition
from local_cloud.sagemaker.exceptions import UnsupportedDefinition
from local_cloud.sagemaker.pipelines import sdk_step_types
from local_cloud.sagemaker.pipelines.definition_checks import of_shape
from local_cloud.sagemaker.pipelines.sdk_step_types import classes_by_type
from local_cloud.sagemaker.pipelines.steps import executors

TABLE = Path(sdk_step_types.__file__).with_suffix(".toml")
GENERATOR = Path(__file__).with_name("sdk_step_types.py")
OFFLINE = {"AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true"}


def test_the_table_is_that_of_the_installed_sdk():
    child = subprocess.run(
        [sys.executable, GENERATOR], env=OFFLINE, capture_output=True, text=True, check=True
    )
    assert child.stdout == TABLE.read_text()


def test_the_rules_know_every_type():
    assert set(classes_by_type()) == set(all_step_types())


@pytest.mark.parametrize("kind", sorted(set(classes_by_type()) - set(executors())))
def test_a_type_that_is_not_run_is_refused_with_the_name_of_its_class(kind):
    (text,) = of_shape({"Name": "A", "Type": kind})
    for name in classes_by_type()[kind]:
        assert f"Step A: the step type {kind} ({name}) is not supported here" in text


@pytest.mark.parametrize(
    ("channel", "feature"),
    [
        ("sagemaker_remote_function_bootstrap", "@step"),
        ("sagemaker_headless_execution_pipelinestep", "NotebookJobStep"),
    ],
)
def test_what_the_sdk_writes_as_a_training_step_is_refused_by_its_name(workshop, channel, feature):
    request = workshop.training("", channels={channel: "s3://bucket/key"})
    body = workshop.definition([workshop.step("A", "Training", request)])
    with pytest.raises(UnsupportedDefinition) as caught:
        check_definition(body)
    assert f"the step type Training ({feature}) is not supported here" in str(caught.value)
