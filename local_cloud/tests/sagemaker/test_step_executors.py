"""Step types: the `EXECUTOR` of a module is discovered, and checks, runs and describes the step."""

from __future__ import annotations

import json
import sys

import pytest

from local_cloud.sagemaker import check_definition
from local_cloud.sagemaker.exceptions import UnsupportedDefinition
from local_cloud.sagemaker.pipelines import steps
from local_cloud.sagemaker.pipelines.steps import executors, find_executor

ECHO = '''
"""Lineage steps: their Message becomes a property."""

from local_cloud.sagemaker.pipelines.step_context import StepResult
from local_cloud.sagemaker.pipelines.step_executor import StepExecutor


def run(context):
    context.report({"Model": {"Arn": "arn:aws:sagemaker:::echo/" + context.name}})
    return StepResult({"Said": context.arguments["Message"] + context.step.members["Mark"]})


def findings(step):
    if "Message" not in step.arguments:
        yield "a Lineage step needs a Message."


EXECUTOR = StepExecutor(
    type="Lineage",
    run=run,
    findings=findings,
    members=frozenset({"Mark"}),
    cache_key_attributes=("Message",),
)
'''


@pytest.fixture
def echo(tmp_path, monkeypatch):
    """Add a module with a step type of AWS to the package."""
    (tmp_path / "echo.py").write_text(ECHO)
    monkeypatch.setattr(steps, "__path__", [*steps.__path__, str(tmp_path)])
    executors.cache_clear()
    yield
    executors.cache_clear()
    sys.modules.pop(f"{steps.__name__}.echo", None)


def test_every_type_of_the_package_is_found():
    assert set(executors()) >= {
        *("Processing", "Training", "Transform", "Model", "RegisterModel"),
        *("Condition", "Fail", "Lambda", "Callback", "EMR", "EMRServerless"),
    }
    assert all(executor.type == name for name, executor in executors().items())


@pytest.mark.parametrize("step_type", ["Lineage", None, ["Fail"], {"Get": "Parameters.Type"}])
def test_an_unknown_type_has_no_executor(step_type):
    assert find_executor(step_type) is None


def test_an_added_module_is_a_new_type(echo, workshop):
    said = {"Get": "Steps.First.Said"}
    compared = {"Type": "Equals", "LeftValue": said, "RightValue": "hello!"}
    right = workshop.step("Right", "Lineage", {"Message": said}, Mark="?")
    cached = {"CacheConfig": {"Enabled": True, "ExpireAfter": "1d"}}
    pipeline = workshop.pipeline(
        [
            workshop.step("First", "Lineage", {"Message": "hello"}, Mark="!", **cached),
            workshop.step("Check", "Condition", {"Conditions": [compared], "IfSteps": [right]}),
        ]
    )
    outcome = workshop.run(pipeline)
    assert outcome.status == "Succeeded"
    assert set(outcome.steps) == {"First", "Check", "Right"}
    again = workshop.run(pipeline)
    assert again.steps["First"]["CacheHitResult"]["SourcePipelineExecutionArn"] == outcome.arn


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ({"Type": "Lineage", "Arguments": {}}, "Step A: a Lineage step needs a Message."),
        (
            {"Type": "Lineage", "Arguments": {"Message": "m"}, "FunctionArn": "arn"},
            "Step A: FunctionArn is not supported here; leave it out.",
        ),
        (
            {"Type": "Fail", "Arguments": {"ErrorMessage": "m"}, "CacheConfig": {"Enabled": True}},
            "Step A: caching of steps of type Fail is not supported here.",
        ),
    ],
)
def test_the_executor_defines_the_allowed_members_of_a_step(echo, step, expected):
    body = {"Version": "2020-12-01", "Steps": [{"Name": "A", **step}]}
    with pytest.raises(UnsupportedDefinition) as caught:
        check_definition(json.dumps(body))
    assert expected in str(caught.value)
