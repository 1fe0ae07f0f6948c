"""A deployed census with the option bias=checked registers its report, or rejects the model."""

from __future__ import annotations

import io
import json

import pytest
from pyarrow import csv

from pipeline_code.census.sample_data.people import people
from tests.application.laptop import APP_OF_CHECKED_BIAS, deploy
from tests.integration.laptop import Laptop, started, step
from tests.pipelines.census.unfair import unfair

pytestmark = pytest.mark.laptop

GROUP = "redline-local-census"
ROWS = 16_000


@pytest.fixture(scope="module")
def laptop(tmp_path_factory):
    """A laptop cloud with the files `fair.csv` and `unfair.csv` in the lake."""
    folder = tmp_path_factory.mktemp("bias")
    with started(Laptop(folder / "state")) as laptop:
        deploy(laptop, "local", folder / "app", app=APP_OF_CHECKED_BIAS)
        (bucket,) = [
            each["Name"]
            for each in laptop.client("s3").list_buckets()["Buckets"]
            if "lake" in each["Name"]
        ]
        rows = people(ROWS, seed=0)
        lowered = unfair(rows, column="sex", value="Female")
        for name, table in {"fair": rows, "unfair": lowered}.items():
            body = io.BytesIO()
            csv.write_csv(table, body)
            laptop.client("s3").put_object(
                Bucket=bucket, Key=f"incoming/census/{name}.csv", Body=body.getvalue()
            )
        yield laptop


def start(laptop, name, *more, code=0):
    key = f"InputData=incoming/census/{name}.csv"
    return laptop.json("start", "census", "-p", key, *more, code=code)


def test_a_model_of_unfair_labels_is_not_registered(laptop):
    before = laptop.packages(GROUP)
    summary = start(laptop, "unfair", "-p", "MaxBiasIncrease=1.0", code=1)
    assert "Facet sex=Female: |DPPL| of the model" in step(summary, "adultRejectBias")["reason"]
    assert laptop.packages(GROUP) == before


def test_the_version_has_the_report_of_its_bias_and_importance(laptop):
    (package,) = start(laptop, "fair")["packages"]
    described = laptop.client("sagemaker").describe_model_package(ModelPackageName=package["arn"])
    metrics = described["ModelMetrics"]
    uri = metrics["Explainability"]["Report"]["S3Uri"]
    assert {source["S3Uri"] for source in metrics["Bias"].values()} == {uri}
    report = json.loads(laptop.read(uri))
    assert report["bias_increase"]["value"] <= 0.01
    assert report["explanations"]["kernel_shap"]["label0"]["global_shap_values"]["education"] > 0
