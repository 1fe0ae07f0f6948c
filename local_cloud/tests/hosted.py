"""Runs a trained model behind an endpoint of a laptop cloud, in its own process."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from local_cloud.client import connect
from local_cloud.context import DEFAULT_REGION, Cloud
from local_cloud.server_lifecycle import start, stop

NAME = "model"
BUCKET = "models"
# The environment for the application `app` in code/inference.py, which needs no pip.
SERVED = {
    "SAGEMAKER_SERVING_MODULE": "inference:app",
    "PYTHONPATH": "/opt/ml/model/code",
}
# The environment for a module with functions such as model_fn. pip installs it without a network.
SCRIPT = {
    "SAGEMAKER_PROGRAM": "inference.py",
    "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code",
    "PIP_NO_BUILD_ISOLATION": "0",
}
TRUST = {
    "Effect": "Allow",
    "Principal": {"Service": "sagemaker.amazonaws.com"},
    "Action": "sts:AssumeRole",
}
ALLOW = {"Effect": "Allow", "Action": ["s3:*", "logs:*", "ecr:*"], "Resource": "*"}


class Endpoint:
    """An endpoint, invoked through boto3."""

    def __init__(self, cloud: Cloud) -> None:
        self._runtime = cloud.client("sagemaker-runtime")

    def ask(self, body: str | bytes, content_type: str, accept: str = "text/csv") -> str:
        """Invoke the endpoint and return the body of the response."""
        answer = self._runtime.invoke_endpoint(
            EndpointName=NAME, Body=body, ContentType=content_type, Accept=accept
        )
        return answer["Body"].read().decode()

    def attributes(self, body: str | bytes, content_type: str) -> str | None:
        """Invoke the endpoint and return the CustomAttributes of the response."""
        answer = self._runtime.invoke_endpoint(
            EndpointName=NAME, Body=body, ContentType=content_type, Accept="text/csv"
        )
        return answer.get("CustomAttributes")

    def numbers(self, body: str | bytes, content_type: str) -> list[float]:
        """Invoke the endpoint and return one number per row."""
        return [float(line) for line in self.ask(body, content_type).splitlines()]

    def refusal(
        self, body: str | bytes, content_type: str, accept: str = "text/csv"
    ) -> tuple[int, str]:
        """Return the status and the error message of a request that must fail.

        They are from the model, or from the service if the model did not receive the request.
        """
        try:
            answered = self.ask(body, content_type, accept)
        except ClientError as error:
            response: Any = error.response
            status = response.get("OriginalStatusCode")
            status = status or response["ResponseMetadata"]["HTTPStatusCode"]
            return status, response.get("OriginalMessage") or response["Error"]["Message"]
        raise AssertionError(f"answered with {answered[:200]!r}")


@contextmanager
def endpoint_of(
    folder: Path, *, image: str, state: Path, environment: Mapping[str, str] = SERVED
) -> Iterator[Endpoint]:
    """Host the model in a folder with the content of /opt/ml/model, with network isolation.

    Yields the endpoint.
    """
    start(state=state, port=0, region=DEFAULT_REGION)
    try:
        cloud = connect(state)
        _deploy(cloud, folder, image, environment)
        yield Endpoint(cloud)
    finally:
        stop(state)


def _deploy(cloud: Cloud, folder: Path, image: str, environment: Mapping[str, str]) -> None:
    s3, sagemaker = cloud.client("s3"), cloud.client("sagemaker")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key="model.tar.gz", Body=_packed(folder))
    container = {
        "Image": f"registry.example/{image}",
        "ModelDataUrl": f"s3://{BUCKET}/model.tar.gz",
        "Environment": environment,
    }
    sagemaker.create_model(
        ModelName=NAME,
        ExecutionRoleArn=_role(cloud),
        PrimaryContainer=container,
        EnableNetworkIsolation=True,
    )
    variant = {
        "VariantName": "AllTraffic",
        "ModelName": NAME,
        "InstanceType": "ml.m5.large",
        "InitialInstanceCount": 1,
    }
    sagemaker.create_endpoint_config(EndpointConfigName=NAME, ProductionVariants=[variant])
    sagemaker.create_endpoint(EndpointName=NAME, EndpointConfigName=NAME)
    waiter = sagemaker.get_waiter("endpoint_in_service")
    waiter.wait(EndpointName=NAME, WaiterConfig={"Delay": 1, "MaxAttempts": 90})


def _role(cloud: Cloud) -> str:
    iam = cloud.client("iam")
    role = iam.create_role(RoleName=NAME, AssumeRolePolicyDocument=_document(TRUST))
    iam.put_role_policy(RoleName=NAME, PolicyName=NAME, PolicyDocument=_document(ALLOW))
    arn: str = role["Role"]["Arn"]
    return arn


def _document(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _packed(folder: Path) -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as packed:
        for path in sorted(folder.iterdir()):
            packed.add(path, arcname=path.name)
    return content.getvalue()
