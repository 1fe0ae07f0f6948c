"""Builds: commands with the role of a project, images of Dockerfiles, and jobs in them."""

from __future__ import annotations

import importlib.metadata
import json
from pathlib import Path
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError
from moto.codebuild.models import codebuild_backends

from local_cloud.context import ACCOUNT_ID
from local_cloud.sagemaker.jobs.built_images import built_image
from local_cloud.sagemaker.jobs.request_checks import processing_findings, training_findings

SKLEARN = f"FROM {'1' * 12}.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.9-0\n"
PYTHON = "FROM python:3.12-slim\n"
TINY = "COPY requirements.txt .\nRUN pip install -r requirements.txt\n"
REQUIREMENTS = {"requirements.txt": "tiny==1.0\n"}


def image(builder, tag):
    return built_image(f"{builder.registry}/images:{tag}")


def test_an_image_has_the_packages_and_variables_of_its_dockerfile(builder):
    files = {"Dockerfile": f"{SKLEARN}{TINY}ENV LIMIT=4\n", **REQUIREMENTS}
    build, log = builder.run(builder.project("complete", files=files))
    assert build["buildStatus"] == "SUCCEEDED", log
    assert "Step 3/4 : RUN pip install -r requirements.txt" in log
    built = image(builder, "complete")
    assert (built.base, built.variables) == ("sagemaker-scikit-learn", {"LIMIT": "4"})
    assert Path(built.packages, "tiny", "__init__.py").is_file()


def test_equal_packages_are_installed_once(builder):
    files = {"Dockerfile": f"{SKLEARN}{TINY}", **REQUIREMENTS}
    for name in ("first", "second"):
        builder.run(builder.project(name, files=files))
    assert image(builder, "first").packages == image(builder, "second").packages


def test_packages_of_the_base_image_keep_their_versions(builder):
    version = importlib.metadata.version("numpy")
    files = {"Dockerfile": f"{SKLEARN}RUN pip install numpy=={version} tiny==1.0\n"}
    build, log = builder.run(builder.project("equal-numpy", files=files))
    assert build["buildStatus"] == "SUCCEEDED", log
    packages = Path(image(builder, "equal-numpy").packages)
    assert sorted(path.name for path in packages.glob("*/__init__.py")) == ["__init__.py"]
    assert not (packages / "numpy").exists()


def test_a_package_that_the_index_lacks_is_named(builder):
    files = {"Dockerfile": f"{SKLEARN}RUN pip install numpy==1.0 tiny==1.0\n"}
    build, log = builder.run(builder.project("other-numpy", files=files))
    assert build["buildStatus"] == "FAILED"
    assert "pip install failed" in log
    assert "there is no version of numpy==1.0" in log


def test_a_failed_build_has_the_line_that_is_refused(builder):
    files = {"Dockerfile": f"{SKLEARN}RUN dnf install -y git\n"}
    build, log = builder.run(builder.project("refused", files=files))
    assert build["buildStatus"] == "FAILED"
    assert "Dockerfile, line 2: RUN dnf install -y git: the laptop runs `pip install`" in log
    (phase,) = build["phases"]
    assert phase["contexts"][0]["message"].endswith("exit status 1")


def test_a_package_with_another_hash_is_refused(builder):
    text = f"tiny==1.0 --hash=sha256:{'a' * 64}\n"
    files = {"Dockerfile": f"{SKLEARN}{TINY}", "requirements.txt": text}
    build, log = builder.run(builder.project("hash", files=files))
    assert build["buildStatus"] == "FAILED"
    assert "Hash mismatch" in log


def test_the_role_of_the_project_must_allow_the_push(builder):
    files = {"Dockerfile": SKLEARN}
    name = builder.project("unable", files=files, rights=("logs:*", "s3:GetObject"))
    build, log = builder.run(name)
    assert build["buildStatus"] == "FAILED"
    assert "is not authorized to perform: ecr:GetAuthorizationToken" in log
    name = builder.project("unread", files=files, rights=("logs:*",))
    build, log = builder.run(name)
    assert "not authorized to perform: s3:GetObject" in build["phases"][0]["contexts"][0]["message"]


def test_a_tag_is_not_moved(builder):
    name = builder.project("moved", files={"Dockerfile": SKLEARN})
    builder.run(name)
    build, log = builder.run(name)
    assert build["buildStatus"] == "FAILED"
    assert "already exists" in log


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("docker run x", "docker run is not supported on the laptop: allowed are login, build"),
        (
            "docker build --tag a .",
            "docker build: allowed is --provenance=false --output type=docker",
        ),
        ("docker push elsewhere", "docker push: allowed is the tag of an image that was built"),
        ("docker login --username AWS --password x", "docker login: allowed is"),
        ("aws s3 ls", "aws s3 ls: not supported in a build on the laptop"),
    ],
)
def test_other_commands_of_the_programs_are_refused(builder, command, said):
    name = f"command-{uuid4()}"
    build, log = builder.run(builder.project(name, commands=[command, "echo later"]))
    assert build["buildStatus"] == "FAILED"
    assert said in log
    assert "later" not in log.splitlines()


def test_a_build_can_be_stopped(builder):
    name = builder.project("endless", commands=["echo started", "exec sleep 600"])
    build = builder.codebuild.start_build(projectName=name)["build"]
    builder.codebuild.stop_build(id=build["id"])
    build, _ = builder.ended(build["id"])
    assert build["buildStatus"] == "STOPPED"


def test_a_build_that_takes_too_long_is_ended(builder):
    name = builder.project("slow", commands=["exec sleep 600"], timeoutInMinutes=5)
    # The shortest time that the service allows is five minutes.
    codebuild_backends[ACCOUNT_ID]["us-east-1"].projects[name]["timeoutInMinutes"] = 0.001
    build, _ = builder.run(name)
    assert build["buildStatus"] == "TIMED_OUT"


def test_a_repeated_token_starts_no_second_build(builder):
    name = builder.project("once", commands=["true"])
    first, second = (
        builder.codebuild.start_build(projectName=name, idempotencyToken="t")["build"]["id"]
        for _ in range(2)
    )
    assert first == second


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"cache": {"type": "LOCAL"}}, "cache"),
        ({"artifacts": {"type": "S3", "location": "x"}}, "artifacts.type 'S3', allowed is NO_ART"),
        ({"source": {"type": "GITHUB", "location": "x"}}, "source.type 'GITHUB', allowed is S3"),
        (
            {"source": {"type": "S3", "location": "x", "buildspec": "version: 0.2"}},
            "source.buildspec is not JSON",
        ),
    ],
)
def test_what_is_not_supported_is_refused_by_name(builder, more, said):
    with pytest.raises(ClientError, match=said):
        builder.project(f"refused-{uuid4()}", **more)


def test_errors_of_the_service(builder):
    with pytest.raises(builder.codebuild.exceptions.ResourceNotFoundException):
        builder.codebuild.start_build(projectName="unknown")
    with pytest.raises(builder.codebuild.exceptions.ResourceNotFoundException):
        builder.codebuild.stop_build(id="unknown:1")
    name = builder.project("twice")
    (known,) = builder.codebuild.batch_get_projects(names=[name, "other"])["projects"]
    again = {key: known[key] for key in ("name", "source", "artifacts", "environment")}
    with pytest.raises(builder.codebuild.exceptions.ResourceAlreadyExistsException):
        builder.codebuild.create_project(**again, serviceRole=known["serviceRole"])


@pytest.fixture(scope="module")
def own(builder):
    """An image with an entry point and without the packages of this machine."""
    entrypoint = json.dumps(["python3", "-c", SCRIPT])
    files = {"Dockerfile": f"{PYTHON}{TINY}ENV LIMIT=4\nENTRYPOINT {entrypoint}\n", **REQUIREMENTS}
    builder.cloud.client("s3").create_bucket(Bucket="outputs")
    builder.cloud.client("s3").put_object(Bucket="outputs", Key="model.tar.gz", Body=b"")
    build, log = builder.run(builder.project("own", files=files))
    assert build["buildStatus"] == "SUCCEEDED", log
    return f"{builder.registry}/images:own"


SCRIPT = (
    "import importlib.util, os, pathlib, sys, tiny; "
    "assert importlib.util.find_spec('sklearn') is None; "
    "target = pathlib.Path('/opt/ml/processing/output/out'); "
    "target = target if target.is_dir() else pathlib.Path('/opt/ml/model'); "
    "(target / 'said.txt').write_text(f'{tiny.GREETING} {os.environ[\"LIMIT\"]} {sys.argv[1:]}')"
)


def test_a_processing_job_runs_the_entry_point_of_its_image(builder, own):
    cloud = builder.cloud
    arn = _role_of_sagemaker(builder, "jobs")
    sagemaker = cloud.client("sagemaker")
    target = {
        "S3Uri": "s3://outputs/p/",
        "LocalPath": "/opt/ml/processing/output/out",
        "S3UploadMode": "EndOfJob",
    }
    sagemaker.create_processing_job(
        ProcessingJobName="own",
        RoleArn=arn,
        AppSpecification={"ImageUri": own, "ContainerArguments": ["a"]},
        ProcessingResources={
            "ClusterConfig": {
                "InstanceType": "ml.m5.large",
                "InstanceCount": 1,
                "VolumeSizeInGB": 1,
            }
        },
        ProcessingOutputConfig={"Outputs": [{"OutputName": "out", "S3Output": target}]},
    )
    sagemaker.get_waiter("processing_job_completed_or_stopped").wait(
        ProcessingJobName="own", WaiterConfig={"Delay": 1}
    )
    found = sagemaker.describe_processing_job(ProcessingJobName="own")
    assert found["ProcessingJobStatus"] == "Completed", found
    said = cloud.client("s3").get_object(Bucket="outputs", Key="p/said.txt")["Body"].read()
    assert said.decode() == "hello from a wheel 4 ['a']"


def _role_of_sagemaker(builder, name):
    iam = builder.cloud.client("iam")
    arn = builder.role(name, "*")
    service = {"Service": "sagemaker.amazonaws.com"}
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": service}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=document)
    return arn


def test_a_training_job_may_have_no_entry_point_if_its_image_has_one(own):
    specification = {"TrainingImage": own, "TrainingInputMode": "File"}
    definitions = [{"Name": "loss", "Regex": "loss=(.*)"}]
    request = {"AlgorithmSpecification": {**specification, "MetricDefinitions": definitions}}
    assert training_findings(request) == []


def test_an_image_that_was_not_built_is_refused(builder):
    uri = f"{builder.registry}/images:never"
    request = {"AppSpecification": {"ImageUri": uri, "ContainerEntrypoint": ["python3"]}}
    (finding,) = processing_findings(request)
    assert "'images' is not a supported image" in finding


def test_a_model_is_not_hosted_in_an_image_with_an_entry_point(builder, own):
    sagemaker = builder.cloud.client("sagemaker")
    arn = _role_of_sagemaker(builder, "models")
    container = {"Image": own, "ModelDataUrl": "s3://outputs/model.tar.gz"}
    sagemaker.create_model(ModelName="own", ExecutionRoleArn=arn, PrimaryContainer=container)
    variant = {"VariantName": "a", "ModelName": "own", "InstanceType": "ml.m5.large"}
    sagemaker.create_endpoint_config(
        EndpointConfigName="own", ProductionVariants=[{**variant, "InitialInstanceCount": 1}]
    )
    sagemaker.create_endpoint(EndpointName="own", EndpointConfigName="own")
    with pytest.raises(Exception, match="Failed"):
        sagemaker.get_waiter("endpoint_in_service").wait(
            EndpointName="own", WaiterConfig={"Delay": 1}
        )
    reason = sagemaker.describe_endpoint(EndpointName="own")["FailureReason"]
    assert "The image has an ENTRYPOINT" in reason
    assert "'python' is not a supported image" in reason
