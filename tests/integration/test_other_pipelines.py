"""All other pipelines succeed on generated data, and their gates can fail."""

from __future__ import annotations

import pytest

from tests.shipped import on_the_laptop

pytestmark = pytest.mark.laptop

# Pipeline with a model -> a parameter with which its gate fails.
OUT_OF_REACH = {"census": "AccuracyThreshold=0.999", "bank": "MinAuc=0.999"}
WITH_MODEL = on_the_laptop(*OUT_OF_REACH)


@pytest.mark.parametrize("pipeline", on_the_laptop("insurance", *OUT_OF_REACH))
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
    assert report["champion_comparison"]["difference"] == pytest.approx(0.0)
