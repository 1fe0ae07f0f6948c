"""Calls of AWS: throttled, failed, lost, slow and never answered.

Whole runs, in which each (role, action) meets each fault at its first call: what comes of them is
what comes of any other run.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.integration.laptop import Laptop

REQUESTS = "pipeline_code/tickit/sample_data/requests.csv"
PUBLISHED_ROWS = {"users": 49_990, "event": 8_798, "listing": 192_497, "sales": 172_456}
PLANNED_ROWS = 715  # of the days that the local environment takes for those to come
PIPELINES = ("tickit", "tickit-batch", "tickit-monitor")
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


def policies(steps: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The retry policies of steps and of the branches below them."""
    for step in steps:
        yield from step.get("RetryPolicies", [])
        for branch in ("IfSteps", "ElseSteps"):
            yield from policies(step["Arguments"].get(branch, []))


@dataclass(frozen=True)
class Run:
    """The summaries of one life: trained, approved, asked, predicted in a batch, watched."""

    trained: dict[str, Any]
    approved: dict[str, Any]
    answers: list[dict[str, Any]]
    batch: dict[str, Any]
    watched: dict[str, Any]


def live(laptop: Laptop) -> Run:
    """From the files to the watched predictions, by commands that must all succeed."""
    laptop.run("load")
    return Run(
        trained=laptop.json("tick", "redline-local-tickit-schedule"),
        approved=laptop.json("approve", "tickit"),
        answers=laptop.json("predict", "tickit", REQUESTS),
        batch=laptop.json("tick", "redline-local-tickit-batch-schedule"),
        watched=laptop.json("tick", "redline-local-tickit-monitor-schedule"),
    )


@pytest.mark.fault(
    "each API call of a whole run is throttled, and fails when it is tried again (500)",
    sees="survived: nothing but more seconds; each step, function and command ends as ever",
    retried="by botocore: five times in functions and the loader, twice in jobs and commands; by "
    "Pipelines: calls of steps, as their retry policies say, and of Lambda steps",
    kept="what a refused call asked for was not done; rows, jobs, models, packages and predictions "
    "are as many as without faults",
)
def test_every_call_is_throttled_and_fails_once(impatient, faults):
    before = impatient.packages()
    for kind in ("throttle", "error", "slow"):
        faults.inject(kind, each=True)
    run = live(impatient)
    assert_struck(faults, "throttle", "error", "slow")
    faults.clear()
    assert_as_ever(impatient, run, before)


@pytest.mark.fault(
    "the answer to the first call of each API by each role is lost in a whole run",
    sees="survived: nothing but more seconds; each step, function and command ends as ever",
    retried="the call, by whom it was made: it is done twice",
    kept="what has a name or a token is made once: jobs, models, packages, endpoints, statements; "
    "a load replaces its own rows; what was asked of the endpoint twice is captured twice",
)
def test_every_answer_is_lost_once(impatient, faults):
    before = impatient.packages()
    for kind in ("lost_answer", "slow"):
        faults.inject(kind, each=True)
    run = live(impatient)
    assert_struck(faults, "lost_answer", "slow")
    faults.clear()
    assert_as_ever(impatient, run, before)


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


def assert_as_ever(laptop: Laptop, run: Run, packages_before: list[str]) -> None:
    """Everything is there, in the numbers of a run without faults."""
    assert run.trained["status"] == run.batch["status"] == run.watched["status"] == "Succeeded"
    assert rows(laptop) == PUBLISHED_ROWS
    (package,) = run.trained["packages"]
    assert set(laptop.packages()) - set(packages_before) == {package["arn"]}
    assert run.approved["endpoint"]["package_arn"] == package["arn"]
    assert len(run.answers) == 3
    jobs = {"Preprocess": 1, "Train": 1, "Baseline": 1, "Evaluate": 1, "CreateModel": 1}
    assert made_by(laptop, run.trained) == jobs
    assert made_by(laptop, run.batch) == {"CreateModel": 1, "Transform": 1}
    assert made_by(laptop, run.watched) == {"Collect": 1, "Check": 1, "Report": 1}
    assert predicted(laptop, run.batch) == {"rows": PLANNED_ROWS, "groups": PLANNED_ROWS}


def rows(laptop: Laptop) -> dict[str, int]:
    counts = " UNION ALL ".join(
        f"SELECT '{table}' AS name, COUNT(*) AS total FROM {table}" for table in PUBLISHED_ROWS
    )
    return {row["name"]: row["total"] for row in laptop.json("query", counts)}


def made_by(laptop: Laptop, summary: dict[str, Any]) -> dict[str, int]:
    """The jobs and models of an execution by the step that their names tell."""
    client, execution = laptop.client("sagemaker"), summary["execution_id"]
    names = [
        entry[f"{kind}Name"]
        for kind, listed in (
            ("ProcessingJob", client.list_processing_jobs),
            ("TrainingJob", client.list_training_jobs),
            ("TransformJob", client.list_transform_jobs),
            ("Model", client.list_models),
        )
        for entry in listed(NameContains=execution, MaxResults=100)[_member(kind)]
    ]
    return dict(Counter(name.split("-")[2] for name in names))


def _member(kind: str) -> str:
    return "Models" if kind == "Model" else f"{kind}Summaries"


def predicted(laptop: Laptop, summary: dict[str, Any]) -> dict[str, int]:
    """The rows that a batch has left in the warehouse, and how many of them are different."""
    sql = (
        "SELECT COUNT(*) AS rows, COUNT(DISTINCT (dateid, venueid, catid)) AS groups "
        f"FROM tickit_predictions WHERE execution_id = '{summary['execution_id']}'"
    )
    (row,) = laptop.json("query", sql)
    return dict(row)
