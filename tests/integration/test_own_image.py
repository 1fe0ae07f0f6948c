"""A deployment builds the image of a Dockerfile; training, batch and endpoint run in it.

uv installs the packages of the image from a folder with a wheel, so the build has no network.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.application.laptop import deploy
from tests.integration.laptop import Laptop, started
from tests.wheels import write_wheel

pytestmark = pytest.mark.laptop

APP = Path(__file__).parents[1] / "application/app_of_own_image.py"
NAME = "redline-images-shaped"
MODULE = {"saturation/__init__.py": "def saturated(size, half):\n    return size / (size + half)\n"}
REQUESTS = "1.0\n100.0\n"


def rows():
    """Rows of which the saturated size explains the value."""
    chance = random.Random(0)
    sizes = [round(chance.uniform(0, 30), 2) for _ in range(500)]
    lines = [f"{10 + 20 * size / (size + 4) + chance.gauss(0, 0.5):.2f},{size}" for size in sizes]
    return "\n".join(["value,size", *lines]) + "\n"


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    """A laptop with the pipeline, its image and its data."""
    folder = tmp_path_factory.mktemp("images")
    write_wheel(folder / "wheels", MODULE, name="saturation")
    offline = {"UV_NO_INDEX": "1", "UV_FIND_LINKS": str(folder / "wheels")}
    with started(Laptop(folder / "state", offline)) as laptop:
        deploy(laptop, "images", folder / "app", app=APP)
        lake = laptop.output("redline-images-data", "LakeBucketName")
        for key, body in {"rows.csv": rows(), "requests/requests.csv": REQUESTS}.items():
            laptop.client("s3").put_object(
                Bucket=lake, Key=f"incoming/shaped/{key}", Body=body.encode()
            )
        yield laptop


@pytest.fixture(scope="module")
def run(images):
    """The summary of a run."""
    return images.json("start", "shaped")


def test_the_image_has_the_tag_of_the_definition(images):
    ecr, sagemaker = images.client("ecr"), images.client("sagemaker")
    (image,) = ecr.describe_images(repositoryName=NAME)["imageDetails"]
    described = sagemaker.describe_pipeline(PipelineName=NAME)
    assert f"/{NAME}:{image['imageTags'][0]}" in described["PipelineDefinition"]


def test_the_log_of_the_build_has_its_steps(images):
    ((group, stream),) = streams(images)
    events = images.client("logs").get_log_events(logGroupName=group, logStreamName=stream)
    lines = [event["message"] for event in events["events"]]
    assert "Step 4/5 : RUN pip install --no-cache-dir -r requirements.txt" in lines
    assert any(line.startswith("Successfully tagged") for line in lines)


def test_it_trains_passes_its_gate_and_registers(run):
    assert run["status"] == "Succeeded"
    metrics = run["metrics"]["EvaluationReport"]["regression_metrics"]
    assert metrics["rmse_ratio"]["value"] < 0.3


def test_its_endpoint_answers(images, run):
    images.run("approve", "shaped")
    answer = images.client("sagemaker-runtime").invoke_endpoint(
        EndpointName=NAME, Body=REQUESTS, ContentType="text/csv", Accept="text/csv"
    )
    check(answer["Body"].read().decode())


def test_its_batch_answers(images, run):
    lake = images.output("redline-images-data", "LakeBucketName")
    (uri,) = images.uris(f"s3://{lake}/runs/shaped/{run['execution_id']}/Predict/")
    check(images.read(uri).decode())


def check(answer):
    """Compare the predictions for a small and a large size."""
    small, large = map(float, answer.splitlines())
    assert small == pytest.approx(10 + 20 / 5, abs=1)
    assert large == pytest.approx(10 + 20 * 100 / 104, abs=1)


def test_a_second_deployment_builds_nothing(images, tmp_path):
    before = len(streams(images))
    deploy(images, "images", tmp_path / "app", app=APP)
    assert len(streams(images)) == before


def streams(images):
    """The log streams of the builds: (group, stream)."""
    logs = images.client("logs")
    return [
        (group["logGroupName"], stream["logStreamName"])
        for group in logs.describe_log_groups()["logGroups"]
        if "ImageLogGroup" in group["logGroupName"]
        for stream in logs.describe_log_streams(logGroupName=group["logGroupName"])["logStreams"]
    ]
