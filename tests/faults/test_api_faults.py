"""Calls of AWS: throttled, failed, lost, slow and never answered.

Whole runs, in which each (role, action) meets each fault at its first call: what comes of them is
what comes of any other run.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from tests.faults.whole_run import (
    PIPELINES,
    PUBLISHED_ROWS,
    REQUESTS,
    assert_as_ever,
    live,
    made_by,
    policies,
    rows,
)
from tests.integration.laptop import Laptop, step

# Of each kind of caller, calls that no whole run can do without; roles by how they begin.
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
    ("redline-local-warehouse-ExtractionAtOnceRole", "redshift-data:BatchExecuteStatement"),
    ("redline-local-warehouse-LakeRole", "s3:PutObject"),
    ("redline-local-tickit-monitor-RolesProcessingRol", "cloudwatch:PutMetricData"),
}

pytestmark = pytest.mark.laptop


@pytest.fixture(scope="module")
def impatient(laptop):
    """The pipelines as deployed, but for what their retry policies wait: no ten seconds."""
    client, deployed = laptop.client("sagemaker"), {}
    for name in (f"redline-local-{pipeline}" for pipeline in PIPELINES):
        deployed[name] = client.describe_pipeline(PipelineName=name)["PipelineDefinition"]
        body = json.loads(deployed[name])
        for policy in policies(body["Steps"]):
            policy["IntervalSeconds"] = 0.05
        client.update_pipeline(PipelineName=name, PipelineDefinition=json.dumps(body))
    yield laptop
    for name, definition in deployed.items():
        client.update_pipeline(PipelineName=name, PipelineDefinition=definition)


@pytest.mark.fault(
    "the loader is killed after it has put its files into the lake",
    sees="failed cleanly: the command ends with exit code 1",
    retried="nothing; the load is to be begun again",
    kept="the tables hold the rows of before: a load is one transaction that replaces them all",
)
def test_a_loader_that_is_killed_leaves_the_rows_of_before(laptop, faults):
    faults.inject("crash", action="redshift-data:BatchExecuteStatement", role="administrator")
    laptop.run("load", code=1)
    assert [hit["action"] for hit in faults.hits()] == ["redshift-data:BatchExecuteStatement"]
    faults.clear()
    assert rows(laptop) == PUBLISHED_ROWS


@pytest.mark.fault(
    "each API call of a whole run is throttled, and fails when it is tried again (500)",
    sees="survived: nothing but more seconds; each step, function and command ends as ever",
    retried="by botocore: up to seven times by the loader, five by functions and the code of jobs, "
    "twice by commands; by Pipelines: as the steps' policies say, and of Lambda steps by itself",
    kept="what a refused call asked for was not done; rows, jobs, models, packages and predictions "
    "are as many as without faults",
)
def test_every_call_is_throttled_and_fails_once(impatient, faults):
    before = impatient.packages()
    for kind in ("throttle", "error", "slow"):
        faults.inject(kind, each=True)  # slow by no seconds: a call that is let pass, and counted
    run = live(impatient)
    assert_struck(faults, "throttle", "error", "slow")
    faults.clear()
    assert_as_ever(impatient, run, before)


@pytest.mark.fault(
    "each API call of a whole run is done without an answer, then not done and not answered, then "
    "answered late",
    sees="survived: nothing but more seconds; each step, function and command ends as ever",
    retried="the call, by whom it was made, so that it is done twice",
    kept="what has a name or a token is made once: jobs, models and packages; a load replaces its "
    "own rows",
)
def test_every_answer_is_lost_missing_and_late_once(impatient, faults):
    before = impatient.packages()
    for kind in ("lost_answer", "time_out", "slow"):
        faults.inject(kind, each=True, seconds=0.05)
    run = live(impatient)
    assert_struck(faults, "lost_answer", "time_out", "slow")
    faults.clear()
    assert_as_ever(impatient, run, before)


COMMANDS = {
    "load": ("redshift-data:BatchExecuteStatement", 8, 1, ["load"]),
    "query": ("redshift-data:ExecuteStatement", 3, 2, ["query", "SELECT 1"]),
    "reject": ("sagemaker:UpdateModelPackage", 3, 2, ["reject", "tickit"]),
    "predict": ("sagemaker:InvokeEndpoint", 3, 2, ["predict", "tickit", REQUESTS]),
}


@pytest.mark.fault(
    "an API that a command calls is out of order (500) for long",
    sees="failed cleanly: the command ends with exit code 1 or 2 and one line, which names the "
    "operation and holds the error of the service",
    retried="by botocore: the call, twice by commands and seven times by the loader",
    kept="nothing was done: rows and approvals are as before; the command is to be given again",
)
@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_ends_with_what_the_service_says(served, faults, name):
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
    "an API that a pipeline's steps call is out of order (500) for long",
    sees="failed cleanly: the execution fails, its step says the operation and the service's error",
    retried="by Pipelines: the call, five times, over five minutes",
    kept="no job, model or package was made",
)
def test_a_step_ends_with_what_the_service_says(impatient, faults):
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
    "the function that deploys a model is killed when half is made",
    sees="survived: the approved model is served a minute later",
    retried="by Lambda: the event, twice; the function takes what is made for made",
    kept="one model and one configuration for the package: their names hold its content",
)
def test_a_deployer_that_is_killed_goes_on_where_it_was(served, faults):
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
    """With a model of tickit that is approved and answers."""
    if not approvals(laptop):
        laptop.run("tick", "redline-local-tickit-schedule")
        laptop.run("approve", "tickit")
    return laptop


def approvals(laptop: Laptop) -> list[str]:
    """The approved versions of tickit."""
    found = laptop.client("sagemaker").list_model_packages(
        ModelPackageGroupName="redline-local-tickit", ModelApprovalStatus="Approved"
    )
    return sorted(package["ModelPackageArn"] for package in found["ModelPackageSummaryList"])


def registered_again(laptop: Laptop) -> str:
    """A newer version of the model that was approved first; waits for approval."""
    client = laptop.client("sagemaker")
    known = client.describe_model_package(ModelPackageName=approvals(laptop)[0])
    made = client.create_model_package(
        ModelPackageGroupName="redline-local-tickit",
        InferenceSpecification=known["InferenceSpecification"],
    )
    return str(made["ModelPackageArn"])


def assert_struck(faults: Any, *kinds: str) -> None:
    """Whatever made a request met each fault in turn; the last kind lets the request be done.

    So a (role, action) that met the first kind alone was not tried again.
    """
    met = {kind: Counter() for kind in kinds}
    for hit in faults.hits():
        met[hit["kind"]][hit["role"], hit["action"]] += 1
    for kind in kinds[1:]:
        assert sorted(met[kinds[0]] - met[kind]) == []
    found = {(role, action) for role, action in met[kinds[0]]}
    assert [need for need in sorted(NEEDED) if not any(_is(need, each) for each in found)] == []


def _is(need: tuple[str, str], found: tuple[str, str]) -> bool:
    # CloudFormation ends the name of a role with letters by chance, and cuts long ones.
    return found[0].startswith(need[0]) and found[1] == need[1]
