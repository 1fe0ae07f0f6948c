"""The lineage of an execution: read with QueryLineage, as a tree, as JSON and as a page."""

from __future__ import annotations

import io
import json
from types import SimpleNamespace

import pytest
from rich.console import Console

from execution_reader.started_step import StartedStep
from local_cloud.sagemaker.lineage.entities import Kind
from local_cloud.sagemaker.lineage.lineage_query import query_lineage
from local_cloud.sagemaker.lineage.lineage_store import LineageStore
from operations import cli
from operations.commands import lineage as command
from operations.environment_clients import EnvironmentClients
from operations.lineage.entities import Entity
from operations.lineage.page import lineage_page
from operations.lineage.reader import read_lineage
from operations.lineage.tree import tree

ARN = "arn:aws:sagemaker:us-east-1:123456789012"
PACKAGE = f"{ARN}:model-package/redline-local-bank/1"
DIGEST = "ab" * 32
ROWS, CODE, MODEL = "s3://lake/unload/Extract/", f"s3://code/{DIGEST}.zip", "s3://lake/model.tar.gz"


class Account:
    """An account with a chain from rows to an endpoint; QueryLineage has two vertices a page."""

    def __init__(self):
        self.store = store = LineageStore("123456789012", "us-east-1")
        job = store.named(Kind.TRIAL_COMPONENT, "t", "TrainingJob", f"{ARN}:training-job/t")
        package = store.artifact(PACKAGE, "Model")
        endpoint = f"{ARN}:endpoint/redline-local-bank"
        deployed = store.named(Kind.ACTION, "v1-aws-endpoint", "ModelDeployment", endpoint)
        model = store.artifact(MODEL, "Model")
        for uri, kind in ((ROWS, "DataSet"), (CODE, "DataSet"), ("ecr/xgboost:3", "Image")):
            store.associate(store.artifact(uri, kind), job, "ContributedTo")
        store.associate(job, model, "Produced")
        store.associate(model, package, "ContributedTo")
        store.associate(model, deployed, "ContributedTo")
        store.associate(package, deployed, "ContributedTo")
        context = store.named(Kind.CONTEXT, "e-aws-endpoint", "Endpoint", endpoint)
        store.associate(deployed, context, "AssociatedWith")
        # Of another pipeline with the same image.
        other = store.named(Kind.TRIAL_COMPONENT, "o", "TrainingJob", f"{ARN}:training-job/o")
        store.associate(store.artifact("ecr/xgboost:3", "Image"), other, "ContributedTo")

    def query_lineage(self, **request):
        return query_lineage(self.store, {"MaxResults": 2, **request})

    def list_artifacts(self, **request):
        return {"ArtifactSummaries": self.store.summaries(Kind.ARTIFACT, request)}

    def list_trial_components(self, **request):
        return {"TrialComponentSummaries": self.store.summaries(Kind.TRIAL_COMPONENT, request)}

    def describe_artifact(self, *, ArtifactArn):  # noqa: N803 (AWS' name)
        return self.store.find(Kind.ARTIFACT, ArtifactArn).describe()

    def describe_context(self, *, ContextName):  # noqa: N803 (AWS' name)
        return self.store.find(Kind.CONTEXT, ContextName).describe()


def step(name, **metadata):
    return StartedStep.of({"StepName": name, "StepStatus": "Succeeded", "Metadata": metadata})


def execution(*steps, digest=DIGEST):
    register = SimpleNamespace(arguments={"CustomerMetadataProperties": {"query_sha256": digest}})
    return SimpleNamespace(
        started={each.name: each for each in steps},
        definition=SimpleNamespace(steps={"Register": register}),
    )


EXTRACT = step("Extract", Lambda={"OutputParameters": [{"Name": "s3_uri", "Value": ROWS}]})
TRAIN = step("Train", TrainingJob={"Arn": f"{ARN}:training-job/t"})
REGISTER = step("Register", RegisterModel={"Arn": PACKAGE})


@pytest.fixture
def lineage():
    return read_lineage(Account(), execution(EXTRACT, TRAIN, REGISTER))


def test_the_tree_leads_from_the_query_to_the_endpoint(lineage):
    shown = io.StringIO()
    Console(file=shown, width=200).print(tree(lineage, "bank"))
    assert [line.strip("│├└─ ") for line in shown.getvalue().splitlines() if line.strip()] == [
        "bank",
        "query Extract (SHA-256 abababababab)",
        "data unload/Extract",
        "training job Train (code abababababab.zip, image xgboost:3)",
        "model model.tar.gz",
        "package redline-local-bank/1",
        "deployment v1",
        "endpoint redline-local-bank",
    ]


def test_another_pipeline_with_the_same_image_is_not_there(lineage):
    assert not [arn for arn in lineage.entities if arn.endswith("/o")]


def test_a_job_without_lineage_is_absent():
    unknown = step("Unknown", ProcessingJob={"Arn": f"{ARN}:processing-job/unknown"})
    assert read_lineage(Account(), execution(unknown)).entities == {}


def test_a_run_without_a_package_ends_with_its_model():
    found = read_lineage(Account(), execution(EXTRACT, TRAIN))
    kinds = [entity.kind for entity in found.entities.values()]
    assert sorted(kinds) == ["code", "data", "image", "model", "query", "training job"]


def test_the_page_has_each_entity_and_escapes_names(lineage):
    shown = lineage_page(lineage, "<script>alert(1)</script>")
    assert "<script>" not in shown
    assert "<svg" in shown
    for text in ("redline-local-bank/1", "abababababab.zip", MODEL, "AssociatedWith"):
        assert text in shown
    assert "http://" not in shown
    assert "src=" not in shown


@pytest.mark.parametrize(
    ("uri", "type_", "kind", "name"),
    [
        ("s3://b/runs/bank/x/Preprocess/train", "DataSet", "data", "Preprocess/train"),
        ("s3://b/x/Extract.manifest", "DataSet", "data", "Extract.manifest"),
        ("s3://b/c.zip", "DataSet", "code", "c.zip"),
        ("1.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.2-0", "Image", "image",
         "sagemaker-xgboost:3.2-0"),
        (PACKAGE, "Model", "package", "redline-local-bank/1"),
        (f"{ARN}:endpoint/e", "Endpoint", "endpoint", "e"),
        ("s3://b", "Other", "Other", "b"),
    ],
)  # fmt: skip
def test_entities_have_the_names_that_people_know(uri, type_, kind, name):
    entity = Entity(f"{ARN}:artifact/1", type_, uri)
    assert (entity.kind, entity.name) == (kind, name)


def test_a_command_for_an_execution_of_another_pipeline_says_which(monkeypatch, capsys):
    aws = EnvironmentClients("local", "us-east-1", lambda _: Account())
    monkeypatch.setattr(cli, "connect", lambda *_: aws)
    monkeypatch.setattr(command, "find_pipeline", lambda *_: "redline-local-bank")
    arn = f"{ARN}:pipeline/redline-local-tickit/execution/abc"
    monkeypatch.setattr(command, "find_execution", lambda *_: arn)
    assert cli.main(["lineage", "bank", "abc"]) == 2
    assert "is an execution of tickit, not of bank" in capsys.readouterr().err


def test_the_command_prints_json(monkeypatch, capsys):
    aws = EnvironmentClients("local", "us-east-1", lambda _: Account())
    monkeypatch.setattr(cli, "connect", lambda *_: aws)
    run = execution(EXTRACT, TRAIN, REGISTER)
    run.arn, run.id, run.pipeline, run.status = "a", "a", "redline-local-bank", "Succeeded"
    monkeypatch.setattr(command, "_execution", lambda *_: run)
    assert cli.main(["lineage", "bank", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert {"query", "endpoint", "package"} <= {each["kind"] for each in document["entities"]}
    assert len(document["associations"]) == 8
