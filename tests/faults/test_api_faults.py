"""Calls to AWS: throttled, failed, without a response, and slow.

Whole runs in which each fault affects the first call of each (role, action). The results must be
the same as without faults.
"""

from __future__ import annotations

import json
import time
from collections import Counter, defaultdict
from typing import Any

import pytest

from local_cloud.definition_rules.document import steps_of
from tests.faults.whole_run import (
    PIPELINES,
    PUBLISHED_ROWS,
    REQUESTS,
    assert_complete,
    live,
    made_by,
    rows,
)
from tests.integration.laptop import Laptop, step

# For each kind of caller, calls that every whole run makes. Roles are given by prefix.
NEEDED = {
    ("administrator", "redshift-data:BatchExecuteStatement"),  # the loader
    ("administrator", "s3:PutObject"),
    ("administrator", "sagemaker:UpdateModelPackage"),  # the commands
    ("administrator", "sagemaker:InvokeEndpoint"),
    ("administrator", "sts:AssumeRole"),  # the services
    ("redline-local-tickit-ScheduleRole", "sagemaker:StartPipelineExecution"),
    ("redline-local-tickit-RolesExecutionRole", "sagemaker:CreateProcessingJob"),
    ("redline-local-tickit-RolesExecutionRole", "sagemaker:CreateTrainingJob"),
    ("redline-local-tickit-RolesExecutionRole", "sagemaker:CreateModel"),
    ("redline-local-tickit-RolesExecutionRole", "sagemaker:CreateModelPackage"),
    ("redline-local-tickit-RolesProcessingRole", "s3:GetObject"),
    ("redline-local-tickit-RolesTrainingRole", "s3:PutObject"),
    ("redline-local-tickit-serving-DeployerFunctionRole", "sagemaker:AddTags"),
    ("redline-local-tickit-serving-DeployerFunctionRole", "sagemaker:CreateModel"),
    ("redline-local-tickit-serving-DeployerFunctionRole", "sagemaker:CreateEndpointConfig"),
    ("redline-local-tickit-serving-ModelRole", "s3:GetObject"),
    ("redline-local-tickit-batch-RolesExecutionRole", "lambda:InvokeFunction"),
    ("redline-local-tickit-batch-RolesExecutionRole", "sagemaker:CreateTransformJob"),
    ("redline-local-tickit-batch-LatestModelFunctionR", "sagemaker:ListModelPackages"),
    ("redline-local-tickit-batch-LoadPredictionsFunct", "redshift-data:BatchExecuteStatement"),
    ("redline-local-tickit-batch-ExtractionAtOnceRole", "redshift-data:BatchExecuteStatement"),
    ("redline-local-warehouse-LakeRole", "s3:PutObject"),
    ("redline-local-tickit-monitor-RolesProcessingRol", "cloudwatch:PutMetricData"),
}

pytestmark = pytest.mark.laptop


@pytest.fixture(scope="module")
def impatient(laptop):
    """The deployed pipelines, which retry at once instead of after ten seconds."""
    client, deployed = laptop.client("sagemaker"), {}
    for name in (f"redline-local-{pipeline}" for pipeline in PIPELINES):
        deployed[name] = client.describe_pipeline(PipelineName=name)["PipelineDefinition"]
        body = json.loads(deployed[name])
        for each in steps_of(body):
            for policy in each.document.get("RetryPolicies", []):
                policy["IntervalSeconds"] = 0
        client.update_pipeline(PipelineName=name, PipelineDefinition=json.dumps(body))
    yield laptop
    for name, definition in deployed.items():
        client.update_pipeline(PipelineName=name, PipelineDefinition=definition)


@pytest.mark.fault(
    "the loader is killed after it has uploaded its files to the lake",
    sees="failed cleanly: the command ends with exit code 1",
    retried="nothing; run the load again",
    kept="the tables have their previous rows: a load replaces them in one transaction",
)
def test_a_loader_that_is_killed_keeps_the_previous_rows(laptop, faults):
    faults.inject("crash", action="redshift-data:BatchExecuteStatement", role="administrator")
    laptop.run("load", code=1)
    assert [hit["action"] for hit in faults.hits()] == ["redshift-data:BatchExecuteStatement"]
    faults.clear()
    assert rows(laptop) == PUBLISHED_ROWS


@pytest.mark.fault(
    "each API call of a whole run is throttled, and its first retry fails (500)",
    sees="survived: it only takes longer; each step, function and command has its usual result",
    retried="by botocore: up to seven times by the loader, five by functions and the code of jobs, "
    "twice by commands; by Pipelines: by the steps' policies, and always for Lambda steps",
    kept="a rejected call has no effect; rows, jobs, models, packages and predictions have the "
    "same counts as without faults",
)
def test_every_call_is_throttled_and_fails_once(impatient, faults):
    before = impatient.packages()
    for kind in ("throttle", "error", "slow"):
        faults.inject(kind, each=True)  # a delay of 0 seconds: the call is only counted
    run = live(impatient)
    assert_every_fault_hit(faults, "throttle", "error", "slow")
    faults.clear()
    assert_complete(impatient, run, before)


@pytest.mark.fault(
    "each API call of a whole run is executed without a response, then not executed, then "
    "answered late",
    sees="survived: it only takes longer; each step, function and command has its usual result",
    retried="the call, by its caller, so that it is executed twice",
    kept="jobs, models and packages have a name or a token, so each is created once; a load "
    "replaces its own rows",
)
def test_every_answer_is_lost_missing_and_late_once(impatient, faults):
    before = impatient.packages()
    for kind in ("lost_answer", "time_out", "slow"):
        faults.inject(kind, each=True, seconds=0.05)
    run = live(impatient)
    assert_every_fault_hit(faults, "lost_answer", "time_out", "slow")
    faults.clear()
    assert_complete(impatient, run, before)


COMMANDS = {
    "load": ("redshift-data:BatchExecuteStatement", 8, 1, ["load"]),
    "query": ("redshift-data:ExecuteStatement", 3, 2, ["query", "SELECT 1"]),
    "reject": ("sagemaker:UpdateModelPackage", 3, 2, ["reject", "tickit"]),
    "predict": ("sagemaker:InvokeEndpoint", 3, 2, ["predict", "tickit", REQUESTS]),
}


@pytest.mark.fault(
    "an API that a command calls fails (500) for a long time",
    sees="failed cleanly: the command ends with exit code 1 or 2 and one line with the operation "
    "and the error of the service",
    retried="by botocore: the call, twice by commands and seven times by the loader",
    kept="rows and approvals are unchanged; run the command again",
)
@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_ends_with_the_error_of_the_service(served, faults, name):
    action, tries, code, command = COMMANDS[name]
    before = approvals(served)
    faults.inject("error", action=action, role="administrator", times=None)
    ended = served.run(*command, code=code)
    assert [hit["action"] for hit in faults.hits()] == [action] * tries
    faults.clear()
    assert "Traceback" not in ended.stderr
    line = ended.stderr.splitlines()[-1]
    assert f"when calling the {action.partition(':')[2]} operation" in line
    assert approvals(served) == before
    assert rows(served) == PUBLISHED_ROWS


@pytest.mark.fault(
    "an API that the steps of a pipeline call fails (500) for a long time",
    sees="failed cleanly: the execution fails; its step has the operation and the service's error",
    retried="by Pipelines: the call, five times, over five minutes",
    kept="no job, model or package was created",
)
def test_a_step_ends_with_the_error_of_the_service(impatient, faults):
    before = impatient.packages()
    faults.inject("error", action="sagemaker:CreateProcessingJob", times=None)
    failed = impatient.json("tick", "redline-local-tickit-schedule", code=1)
    assert len(faults.hits()) == 6
    faults.clear()
    assert failed["status"] == "Failed"
    reason = step(failed, "Preprocess")["reason"]
    assert "(InternalFailure) when calling the CreateProcessingJob operation" in reason
    assert made_by(impatient, failed) == {}
    assert impatient.packages() == before


@pytest.mark.fault(
    "the function that deploys a model is killed in the middle of a deployment",
    sees="survived: the endpoint serves the approved model a minute later",
    retried="by Lambda: the event, twice; the function reuses the existing resources",
    kept="one model and one configuration for the package: their names come from its content",
)
def test_a_deployer_that_is_killed_continues(served, faults):
    copy = registered_again(served)
    faults.inject("crash", action="sagemaker:CreateEndpointConfig", role="*DeployerFunction*")
    outcome = served.json("approve", copy)
    assert [hit["action"] for hit in faults.hits()] == ["sagemaker:CreateEndpointConfig"]
    faults.clear()
    assert outcome["endpoint"]["package_arn"] == copy
    begin = f"redline-local-tickit-v{copy.rpartition('/')[2]}-"
    client = served.client("sagemaker")
    assert len(client.list_models(NameContains=begin)["Models"]) == 1
    assert len(client.list_endpoint_configs(NameContains=begin)["EndpointConfigs"]) == 1


@pytest.fixture(scope="module")
def served(laptop):
    """The laptop cloud with an approved model of tickit, which the endpoint serves."""
    if not approvals(laptop):
        laptop.run("tick", "redline-local-tickit-schedule")
        laptop.run("approve", "tickit")
    return laptop


def approvals(laptop: Laptop) -> list[str]:
    """Return the approved versions of tickit."""
    found = laptop.client("sagemaker").list_model_packages(
        ModelPackageGroupName="redline-local-tickit", ModelApprovalStatus="Approved"
    )
    return sorted(package["ModelPackageArn"] for package in found["ModelPackageSummaryList"])


def registered_again(laptop: Laptop) -> str:
    """Register a newer version of the model that was approved first. It waits for approval."""
    client = laptop.client("sagemaker")
    known = client.describe_model_package(ModelPackageName=approvals(laptop)[0])
    made = client.create_model_package(
        ModelPackageGroupName="redline-local-tickit",
        InferenceSpecification=known["InferenceSpecification"],
    )
    return str(made["ModelPackageArn"])


def assert_every_fault_hit(faults: Any, *kinds: str) -> None:
    """Assert that each fault affected each caller in turn. The last kind executes the request.

    A (role, action) with only the first kind made no retry.
    """
    # Functions that the end of the last execution has started may still run.
    deadline = time.monotonic() + 180
    while (without := _without_retry(faults, *kinds)) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert without == []
    found = _met(faults)[kinds[0]]
    assert [need for need in sorted(NEEDED) if not any(_is(need, each) for each in found)] == []


def _without_retry(faults: Any, first: str, *others: str) -> list[tuple[str, str]]:
    """Return each (role, action) that the first kind affected, but not all others."""
    met = _met(faults)
    return sorted({each for kind in others for each in met[first] - met[kind]})


def _met(faults: Any) -> dict[str, Counter[tuple[str, str]]]:
    """Return for each kind how often it affected each (role, action)."""
    met: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for hit in faults.hits():
        met[hit["kind"]][hit["role"], hit["action"]] += 1
    return met


def _is(need: tuple[str, str], found: tuple[str, str]) -> bool:
    # CloudFormation appends random characters to the name of a role, and shortens long names.
    return found[0].startswith(need[0]) and found[1] == need[1]
