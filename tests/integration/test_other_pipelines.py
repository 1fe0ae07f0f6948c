"""All other pipelines succeed on generated data, and their gates can fail."""

from __future__ import annotations

import json

import pytest

from tests.shipped import on_the_laptop

pytestmark = pytest.mark.laptop

# Pipeline with a model -> a parameter with which its gate fails.
OUT_OF_REACH = {
    "census": "AccuracyThreshold=0.999",
    "bank": "MinAuc=0.999",
    "insurance": "MinConfidence=1.1",
}
WITH_MODEL = on_the_laptop(*OUT_OF_REACH)


@pytest.mark.parametrize("pipeline", WITH_MODEL)
def test_it_succeeds(laptop, pipeline):
    assert laptop.json("start", pipeline)["status"] == "Succeeded"


@pytest.mark.parametrize("pipeline", WITH_MODEL)
def test_its_gate_can_fail(laptop, pipeline):
    group = f"redline-local-{pipeline}"
    before = laptop.packages(group)
    summary = laptop.json("start", pipeline, "-p", OUT_OF_REACH[pipeline], code=1)
    assert summary["status"] == "Failed"
    assert [step["type"] for step in summary["steps"] if step["status"] == "Failed"] == ["Fail"]
    assert laptop.packages(group) == before


@pytest.mark.parametrize("pipeline", WITH_MODEL)
def test_a_candidate_is_compared_with_the_approved_model(laptop, pipeline):
    client = laptop.client("sagemaker")
    approved = laptop.json("start", pipeline)["packages"][0]["arn"]
    client.update_model_package(ModelPackageArn=approved, ModelApprovalStatus="Approved")
    report = laptop.json("start", pipeline)["metrics"]["EvaluationReport"]
    assert report["champion_comparison"]["model_package_arn"] == approved
    package = client.describe_model_package(ModelPackageName=approved)
    assert package["ModelCard"]["ModelCardStatus"] == "PendingReview"
    card = json.loads(package["ModelCard"]["ModelCardContent"])
    assert card["intended_uses"]["purpose_of_model"].startswith("Predicts ")
    details = card["additional_information"]["custom_details"]
    assert package["CustomerMetadataProperties"].items() <= details.items()
    assert len(details["data_sha256"]) == 64
    (measured,) = card["evaluation_details"][0]["metric_groups"]
    assert all(metric["value"] > 0 for metric in measured["metric_data"])
    assert report["champion_comparison"]["difference"] == pytest.approx(0.0)


@pytest.mark.parametrize("pipeline", on_the_laptop("bank"))
def test_files_of_a_rejected_model_expire_and_those_of_an_approved_one_stay(laptop, pipeline):
    client = laptop.client("sagemaker")
    approved = laptop.json("start", pipeline)
    package = approved["packages"][0]["arn"]
    client.update_model_package(ModelPackageArn=package, ModelApprovalStatus="Approved")
    failed = laptop.json("start", pipeline, "-p", OUT_OF_REACH[pipeline], code=1)
    kept = f"s3://{laptop.output('redline-local-data', 'LakeBucketName')}/kept/{pipeline}"
    folders = {run["execution_id"]: f"{kept}/{run['execution_id']}/" for run in (approved, failed)}
    before = {execution: laptop.uris(folder) for execution, folder in folders.items()}
    assert all(before.values())

    laptop.run("tick", "redline-local-run-expiry")
    assert laptop.json("expire", "--days", "1")["expired"] == []
    # The files of the failed run are as old as its schedule wants.
    functions = laptop.client("lambda").list_functions()["Functions"]
    (function,) = [f["FunctionName"] for f in functions if "RunExpiry" in f["FunctionName"]]
    payload = json.dumps({"unused_days": {pipeline: 0}})
    answer = laptop.client("lambda").invoke(FunctionName=function, Payload=payload)
    assert "FunctionError" not in answer, answer["Payload"].read()
    expired = laptop.json("expire", "--days", "1")["expired"]
    assert {f"s3://{each}" for each in expired} >= set(before[failed["execution_id"]])
    assert laptop.uris(folders[failed["execution_id"]]) == []
    assert laptop.uris(folders[approved["execution_id"]]) == before[approved["execution_id"]]
