"""A model registry and a bucket in a separate process, for the scripts of jobs."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

import boto3
import pytest

GROUP = "redline-test-models"
BUCKET = "lake"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none"}
# A process has one moto state. In the process of the tests, it may be that of the laptop cloud.
SERVER = """
import sys
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
sys.stdin.read()
server.stop()
"""


@contextmanager
def registry_server() -> Iterator[str]:
    """Start a server and yield its endpoint URL."""
    with subprocess.Popen(
        [sys.executable, "-c", SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        process.stdin.close()


class Registry:
    """An empty group and an empty bucket on the server, and the variables for clients."""

    def __init__(self, endpoint: str) -> None:
        urlopen(Request(f"{endpoint}/moto-api/reset", method="POST")).close()
        self.environment = {
            **CREDENTIALS,
            "AWS_ENDPOINT_URL": endpoint,
            "MODEL_PACKAGE_GROUP": GROUP,
        }
        options = {
            "endpoint_url": endpoint,
            "region_name": "us-east-1",
            "aws_access_key_id": "none",
            "aws_secret_access_key": "none",
        }
        self.sagemaker = boto3.client("sagemaker", **options)
        self.s3 = boto3.client("s3", **options)
        self.sagemaker.create_model_package_group(ModelPackageGroupName=GROUP)
        self.s3.create_bucket(Bucket=BUCKET)

    def register(self, archive: Path, *, status: str = "Approved", **properties: str | None) -> str:
        """Register the model in an archive as the next version; return its ARN.

        The version has its digest and `properties`, without those that are None.
        """
        digest = hashlib.sha256(archive.read_bytes()).hexdigest()
        self.s3.upload_file(str(archive), BUCKET, archive.name)
        container = {"Image": "image", "ModelDataUrl": f"s3://{BUCKET}/{archive.name}"}
        return self.sagemaker.create_model_package(
            ModelPackageGroupName=GROUP,
            ModelApprovalStatus=status,
            CustomerMetadataProperties={
                name: value
                for name, value in {"model_sha256": digest, **properties}.items()
                if value is not None
            },
            InferenceSpecification={
                "Containers": [container],
                "SupportedContentTypes": ["text/csv"],
                "SupportedResponseMIMETypes": ["text/csv"],
            },
        )["ModelPackageArn"]

    def replace(self, archive: Path, key: str, *, of: str) -> None:
        """Write an archive over the model of the version `of`, until S3's time is a later one.

        S3 states times in whole seconds.
        """
        registered = self.sagemaker.describe_model_package(ModelPackageName=of)["CreationTime"]
        while True:
            self.s3.upload_file(str(archive), BUCKET, key)
            if self.s3.head_object(Bucket=BUCKET, Key=key)["LastModified"] > registered:
                return
            time.sleep(0.1)


@pytest.fixture(scope="session")
def registry_endpoint() -> Iterator[str]:
    """The endpoint URL of a server with a model registry and a bucket."""
    with registry_server() as endpoint:
        yield endpoint


@pytest.fixture
def registry(registry_endpoint: str) -> Registry:
    """An empty registry."""
    return Registry(registry_endpoint)
