"""Fixtures for SageMaker tests: a server in this process, and builders of requests and roles."""

from __future__ import annotations

import io
import json
import tarfile
import time
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from local_cloud.child_environment import NO_ACCOUNT
from local_cloud.context import Cloud
from local_cloud.faults import FAULTS
from local_cloud.faults.fault import Fault
from local_cloud.sagemaker.exceptions import ValidationFailed
from local_cloud.sagemaker.jobs.job_store import JobStore
from local_cloud.server import running

IMAGE = "registry.example/sagemaker-scikit-learn:1.9-0-cpu-py3"
# Inference code that returns the model's name and the request, or fails for some requests.
HOSTING_CODE = """
import json, os, time
from pathlib import Path

def model_fn(model_dir):
    return (Path(model_dir) / "name.txt").read_text()

def input_fn(body, content_type):
    if body == "die":
        os._exit(3)
    if body == "slow":
        time.sleep(1)
    return body

def predict_fn(rows, model):
    return f"{model}:{rows}"

def output_fn(answer, accept):
    if answer.endswith("bad"):
        def refuse(environ, start_response):
            start_response("400 Bad Request", [("Content-Type", "text/plain")])
            return [b"row 1, column size"]
        return refuse
    if answer.endswith("broken"):
        raise RuntimeError("out of order")
    return answer, accept
"""
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "sagemaker.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in NO_ACCOUNT.items():
            patch.setenv(name, value)
        with running(state=tmp_path_factory.mktemp("state")) as cloud:
            yield cloud


@pytest.fixture(scope="module")
def role(cloud: Cloud) -> str:
    allow = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    return make_role(cloud, "everything", [allow])


@pytest.fixture
def bare_role(cloud: Cloud) -> Callable[[list[dict[str, Any]]], str]:
    """Create a role with the permissions of the statements."""
    return lambda statements: make_role(cloud, f"role-{uuid4().hex[:8]}", statements)


class FaultsHere:
    """The faults of the server in this process."""

    def inject(self, kind: str, **fields: Any) -> None:
        FAULTS.inject(Fault(kind, **fields))

    def hits(self) -> list[tuple[str, str]]:
        """Return the kind of each injected fault and the last part of the affected resource."""
        hits = FAULTS.report()["hits"]
        return [(hit["kind"], hit["resource"].rpartition("/")[2]) for hit in hits]


@pytest.fixture
def faults() -> Iterator[FaultsHere]:
    """Inject faults, which are removed at the end of the test."""
    yield FaultsHere()
    FAULTS.clear()


@pytest.fixture
def tried_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Create clients without retries."""
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")


@pytest.fixture
def role_with(bare_role: Callable[[list[dict[str, Any]]], str]) -> Any:
    """Create a role that may pull images, with the permissions of the statements."""
    pull = {"Effect": "Allow", "Action": "ecr:*", "Resource": "*"}
    return lambda statements: bare_role([pull, *statements])


def make_role(cloud: Cloud, name: str, statements: list[dict[str, Any]]) -> str:
    iam = cloud.client("iam")
    created = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))
    policy = {"Version": "2012-10-17", "Statement": statements}
    iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=json.dumps(policy))
    return created["Role"]["Arn"]


@pytest.fixture(scope="module")
def sagemaker(cloud: Cloud) -> Any:
    return cloud.client("sagemaker")


@pytest.fixture(scope="module")
def s3(cloud: Cloud) -> Any:
    return cloud.client("s3")


@pytest.fixture
def bucket(s3: Any) -> str:
    name = f"test-{uuid4().hex[:12]}"
    s3.create_bucket(Bucket=name)
    return name


class Workshop:
    """Builds requests in one bucket. The script of a job is passed as text."""

    def __init__(self, *, sagemaker: Any, s3: Any, bucket: str, role: str) -> None:
        self.sagemaker = sagemaker
        self.s3 = s3
        self.bucket = bucket
        self.role = role

    @staticmethod
    def processing_input(name: str, uri: Any, **more: Any) -> dict[str, Any]:
        source = {
            "S3Uri": uri,
            "LocalPath": f"/opt/ml/processing/input/{name}",
            "S3DataType": "S3Prefix",
            "S3InputMode": "File",
        }
        return {"InputName": name, "AppManaged": False, "S3Input": source | more}

    @staticmethod
    def processing_output(name: str, uri: Any, **more: Any) -> dict[str, Any]:
        target = {
            "S3Uri": uri,
            "LocalPath": f"/opt/ml/processing/output/{name}",
            "S3UploadMode": "EndOfJob",
        }
        return {"OutputName": name, "AppManaged": False, "S3Output": target | more}

    @staticmethod
    def channel(name: str, uri: Any, **more: Any) -> dict[str, Any]:
        source = {
            "S3DataType": "S3Prefix",
            "S3Uri": uri,
            "S3DataDistributionType": "FullyReplicated",
        }
        return {"ChannelName": name, "DataSource": {"S3DataSource": source | more}}

    @staticmethod
    def definition(
        steps: list[dict[str, Any]], parameters: list[dict[str, Any]] | None = None
    ) -> str:
        body = {"Version": "2020-12-01", "Parameters": parameters or [], "Steps": steps}
        return json.dumps(body)

    @staticmethod
    def step(name: str, kind: str, arguments: dict[str, Any], **more: Any) -> dict[str, Any]:
        return {"Name": name, "Type": kind, "Arguments": arguments, **more}

    def uri(self, key: str) -> str:
        return f"s3://{self.bucket}/{key}"

    def put(self, key: str, text: str | bytes) -> str:
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=text)
        return self.uri(key)

    def text(self, key: str) -> str:
        return self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read().decode()

    def keys(self, prefix: str = "") -> list[str]:
        listed = self.s3.list_objects_v2(Bucket=self.bucket, Prefix=prefix)
        return [entry["Key"] for entry in listed.get("Contents", [])]

    def processing(
        self,
        script: str,
        *,
        inputs: list[dict[str, Any]] | None = None,
        outputs: dict[str, Any] | None = None,
        count: Any = 1,
        instance_type: Any = "ml.m5.large",
        arguments: list[Any] | None = None,
        **more: Any,
    ) -> dict[str, Any]:
        code = self.put(f"code/{uuid4().hex}/run.py", script)
        request: dict[str, Any] = {
            "RoleArn": self.role,
            "AppSpecification": {
                "ImageUri": IMAGE,
                "ContainerEntrypoint": ["python3", "/opt/ml/processing/input/code/run.py"],
            },
            "ProcessingResources": {
                "ClusterConfig": {
                    "InstanceCount": count,
                    "InstanceType": instance_type,
                    "VolumeSizeInGB": 10,
                }
            },
            "ProcessingInputs": [self.processing_input("code", code), *(inputs or [])],
        }
        if arguments:
            request["AppSpecification"]["ContainerArguments"] = arguments
        if outputs:
            listed = [self.processing_output(name, uri) for name, uri in outputs.items()]
            request["ProcessingOutputConfig"] = {"Outputs": listed}
        return request | more

    def training(
        self,
        script: str,
        *,
        channels: dict[str, Any] | None = None,
        count: int = 1,
        **more: Any,
    ) -> dict[str, Any]:
        code = self.put(f"code/{uuid4().hex}/run.py", script)
        sources = {"code": code, **(channels or {})}
        return {
            "RoleArn": self.role,
            "AlgorithmSpecification": {
                "TrainingImage": IMAGE,
                "TrainingInputMode": "File",
                "ContainerEntrypoint": ["python3", "/opt/ml/input/data/code/run.py"],
            },
            "InputDataConfig": [self.channel(name, uri) for name, uri in sources.items()],
            "OutputDataConfig": {"S3OutputPath": self.uri("models")},
            "ResourceConfig": {
                "InstanceType": "ml.m5.large",
                "InstanceCount": count,
                "VolumeSizeInGB": 10,
            },
            "StoppingCondition": {"MaxRuntimeInSeconds": 600},
        } | more

    def run_processing(self, request: dict[str, Any], *, seconds: float = 60) -> dict[str, Any]:
        name = f"job-{uuid4().hex[:8]}"
        self.sagemaker.create_processing_job(ProcessingJobName=name, **request)
        return self.wait_processing(name, seconds=seconds)

    def wait_processing(self, name: str, *, seconds: float = 60) -> dict[str, Any]:
        return wait_until(
            lambda: self.sagemaker.describe_processing_job(ProcessingJobName=name),
            lambda found: found["ProcessingJobStatus"] not in ("InProgress", "Stopping"),
            seconds,
        )

    def run_training(self, request: dict[str, Any]) -> dict[str, Any]:
        name = f"job-{uuid4().hex[:8]}"
        self.sagemaker.create_training_job(TrainingJobName=name, **request)
        return self.wait_training(name)

    def wait_training(self, name: str) -> dict[str, Any]:
        return wait_until(
            lambda: self.sagemaker.describe_training_job(TrainingJobName=name),
            lambda found: found["TrainingJobStatus"] not in ("InProgress", "Stopping"),
        )

    def pipeline(
        self, steps: list[dict[str, Any]], parameters: list[dict[str, Any]] | None = None
    ) -> str:
        name = f"pipe-{uuid4().hex[:8]}"
        self.sagemaker.create_pipeline(
            PipelineName=name,
            PipelineDefinition=self.definition(steps, parameters),
            RoleArn=self.role,
            ClientRequestToken=uuid4().hex,
        )
        return name

    def start(self, pipeline: str, parameters: dict[str, str] | None = None, **more: Any) -> str:
        given = [{"Name": name, "Value": value} for name, value in (parameters or {}).items()]
        started = self.sagemaker.start_pipeline_execution(
            PipelineName=pipeline, PipelineParameters=given, **more
        )
        return started["PipelineExecutionArn"]

    @staticmethod
    def until(look: Any, is_done: Any) -> Any:
        return wait_until(look, is_done)

    def wait(self, arn: str, *, seconds: float = 60) -> dict[str, Any]:
        return wait_until(
            lambda: self.sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn),
            lambda found: found["PipelineExecutionStatus"] not in ("Executing", "Stopping"),
            seconds,
        )

    def steps(self, arn: str) -> dict[str, dict[str, Any]]:
        listed = self.sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=arn)
        return {step["StepName"]: step for step in listed["PipelineExecutionSteps"]}

    def run(
        self, pipeline: str, parameters: dict[str, str] | None = None, *, seconds: float = 60
    ) -> Outcome:
        arn = self.start(pipeline, parameters)
        return Outcome(arn, self.wait(arn, seconds=seconds), self.steps(arn))


@pytest.fixture
def workshop_at() -> Callable[[Cloud], Workshop]:
    """Create a workshop for another server."""

    def make(cloud: Cloud) -> Workshop:
        s3 = cloud.client("s3")
        s3.create_bucket(Bucket="workshop")
        allow = {"Effect": "Allow", "Action": "*", "Resource": "*"}
        role = make_role(cloud, "everything", [allow])
        client = cloud.client("sagemaker")
        return Workshop(sagemaker=client, s3=s3, bucket="workshop", role=role)

    return make


@pytest.fixture
def limited(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Let the next calls of CreateProcessingJob fail with ResourceLimitExceeded."""
    create = JobStore.create_processing

    def limit(refusals: int) -> None:
        left = iter(range(refusals))

        def refuse(store: JobStore, request: Any) -> Any:
            if next(left, None) is not None:
                refusal = ValidationFailed("The account-level service limit is reached")
                refusal.code = "ResourceLimitExceeded"
                raise refusal
            return create(store, request)

        monkeypatch.setattr(JobStore, "create_processing", refuse)

    return limit


class Outcome:
    """An execution that has ended."""

    def __init__(self, arn: str, described: dict[str, Any], steps: dict[str, Any]) -> None:
        self.arn = arn
        self.id = arn.rpartition("/")[2]
        self.described = described
        self.status = described["PipelineExecutionStatus"]
        self.steps = steps
        self.reasons = {
            name: step["FailureReason"] for name, step in steps.items() if "FailureReason" in step
        }

    def status_of(self, step: str) -> str:
        return self.steps[step]["StepStatus"]


@pytest.fixture
def make_archive() -> Callable[[dict[str, str]], bytes]:
    """Create a model.tar.gz from texts."""

    def make(files: dict[str, str]) -> bytes:
        content = io.BytesIO()
        with tarfile.open(fileobj=content, mode="w:gz") as packed:
            for name, text in files.items():
                member = tarfile.TarInfo(name)
                member.size = len(text.encode())
                packed.addfile(member, io.BytesIO(text.encode()))
        return content.getvalue()

    return make


@pytest.fixture
def workshop(sagemaker: Any, s3: Any, bucket: str, role: str) -> Workshop:
    return Workshop(sagemaker=sagemaker, s3=s3, bucket=bucket, role=role)


def wait_until(look: Any, is_done: Any, seconds: float = 180) -> Any:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = look()
        if is_done(found):
            return found
        time.sleep(0.05)
    raise AssertionError(f"Not done after {seconds} s: {found}")


@pytest.fixture
def runtime(cloud):
    return cloud.client("sagemaker-runtime")


@pytest.fixture
def bench(workshop, runtime, make_archive):
    bench = Bench(workshop, runtime, make_archive)
    yield bench
    bench.clear()


class Bench:
    """Creates models, endpoint configurations and endpoints."""

    def __init__(self, workshop, runtime, make_archive):
        self.workshop = workshop
        self.client = workshop.sagemaker
        self.runtime = runtime
        self.make_archive = make_archive

    def model(self, name: str = "a", code: str = HOSTING_CODE) -> str:
        full = f"{name}-{uuid4().hex[:8]}"
        files = {"code/inference.py": code, "name.txt": name}
        uri = self.workshop.put(f"{full}/model.tar.gz", self.make_archive(files))
        environment = {
            "SAGEMAKER_PROGRAM": "inference.py",
            "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code",
        }
        container = {"Image": IMAGE, "ModelDataUrl": uri, "Environment": environment}
        self.client.create_model(
            ModelName=full,
            ExecutionRoleArn=self.workshop.role,
            PrimaryContainer=container,
        )
        return full

    def variant(self, model, name="AllTraffic", **more):
        return {
            "VariantName": name,
            "ModelName": model,
            "InstanceType": "ml.m5.large",
            "InitialInstanceCount": 1,
            **more,
        }

    def config(self, *variants, **more):
        name = f"config-{uuid4().hex[:8]}"
        self.client.create_endpoint_config(
            EndpointConfigName=name, ProductionVariants=list(variants), **more
        )
        return name

    def config_of(self, name="a", code=HOSTING_CODE, **more):
        return self.config(self.variant(self.model(name, code)), **more)

    def endpoint(self, config):
        name = f"endpoint-{uuid4().hex[:8]}"
        self.client.create_endpoint(EndpointName=name, EndpointConfigName=config)
        return name

    def clear(self):
        """Delete all endpoints that still exist."""
        for entry in self.client.list_endpoints()["Endpoints"]:
            if entry["EndpointStatus"] != "Deleting":
                self.settled(entry["EndpointName"])
                self.client.delete_endpoint(EndpointName=entry["EndpointName"])

    def serving(self, config):
        name = self.endpoint(config)
        assert self.settled(name)["EndpointStatus"] == "InService"
        return name

    def settled(self, name):
        return self.workshop.until(
            lambda: self.describe(name),
            lambda found: found["EndpointStatus"] in ("InService", "Failed"),
        )

    def describe(self, name):
        return self.client.describe_endpoint(EndpointName=name)

    def update(self, name, config, **more):
        self.client.update_endpoint(EndpointName=name, EndpointConfigName=config, **more)
        return self.settled(name)

    def ask(self, name, body="x", **more):
        answer = self.runtime.invoke_endpoint(
            EndpointName=name, Body=body, ContentType="text/csv", Accept="text/csv", **more
        )
        return answer["Body"].read().decode()

    def refusal(self, name, body="x", **more):
        with pytest.raises(ClientError) as raised:
            self.ask(name, body, **more)
        return raised.value.response
