"""A pipeline with a requirements.txt trains, and its model answers on an endpoint and in batch.

The wheels were fetched before (`make wheels`): neither the jobs nor the model have a network.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline_code.boosted.sample_data.__main__ import main as generate
from tests.application.laptop import deploy
from tests.integration.laptop import Laptop, started

pytestmark = pytest.mark.laptop

APP = Path(__file__).parents[1] / "application/app_of_own_packages.py"
NAME = "redline-packages-boosted"
REQUESTS = "5.0,plain\n5.0,rare\n"


@pytest.fixture(scope="module")
def packages(tmp_path_factory):
    """A laptop with the pipeline and its data."""
    folder = tmp_path_factory.mktemp("packages")
    with started(Laptop(folder / "state")) as laptop:
        deploy(laptop, "packages", folder / "app", app=APP)
        generate(["--output", str(folder)])
        lake = laptop.output("redline-packages-data", "LakeBucketName")
        rows = (folder / "rows.csv").read_text()
        for key, body in {"rows.csv": rows, "requests/requests.csv": REQUESTS}.items():
            laptop.client("s3").put_object(
                Bucket=lake, Key=f"incoming/boosted/{key}", Body=body.encode()
            )
        yield laptop


@pytest.fixture(scope="module")
def run(packages):
    """The summary of a run."""
    return packages.json("start", "boosted")


def test_it_trains_passes_its_gate_and_registers(run):
    assert run["status"] == "Succeeded"
    metrics = run["metrics"]["EvaluationReport"]["regression_metrics"]
    assert metrics["rmse_ratio"]["value"] < 0.6


def test_its_endpoint_answers(packages, run):
    packages.run("approve", "boosted")
    answer = packages.client("sagemaker-runtime").invoke_endpoint(
        EndpointName=NAME, Body=REQUESTS, ContentType="text/csv", Accept="text/csv"
    )
    check(answer["Body"].read().decode())


def test_its_batch_answers(packages, run):
    lake = packages.output("redline-packages-data", "LakeBucketName")
    (uri,) = packages.uris(f"s3://{lake}/runs/boosted/{run['execution_id']}/Predict/")
    check(packages.read(uri).decode())


def check(answer):
    """Compare the predictions for a plain and a rare row."""
    plain, rare = map(float, answer.splitlines())
    assert plain < rare
