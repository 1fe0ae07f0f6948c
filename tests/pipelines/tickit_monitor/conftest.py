"""Runs the scripts from the built archive, with moto's registry, S3 and CloudWatch."""

import hashlib
import io
import json
import tarfile
from datetime import UTC, datetime

import boto3
import pytest

from pipeline_code.archive import build_archive
from pipeline_code.runtime.training_ranges import FILE
from tests.registry import BUCKET, GROUP, Registry, registry_server
from tests.unit.job import Job


class Monitor(Registry):
    """The AWS resources that the scripts of a run use."""

    def __init__(self, endpoint, archive, folder):
        super().__init__(endpoint)
        self._archive, self._folder = archive, folder
        self.cloudwatch = boto3.client(
            "cloudwatch",
            endpoint_url=endpoint,
            region_name="us-east-1",
            aws_access_key_id="none",
            aws_secret_access_key="none",
        )

    def approve(self, *, baseline=True, ranges=None, status="Approved"):
        """Register a version, with or without a baseline of its inputs and ranges of its rows."""
        source = {"ContentType": "application/json"}
        for name in ("statistics", "constraints"):
            self.put(f"kept/{name}.json", json.dumps({"of": name}))
        carried = {
            name: {**source, "S3Uri": f"s3://{BUCKET}/kept/{name.lower()}.json"}
            for name in ("Statistics", "Constraints")
        }
        more = {"DriftCheckBaselines": {"ModelDataQuality": carried}} if baseline else {}
        archive = io.BytesIO()
        with tarfile.open(fileobj=archive, mode="w:gz") as packed:
            if ranges is not None:
                ranges.save(self._folder / FILE)
                packed.add(self._folder / FILE, arcname=FILE)
        self.s3.put_object(Bucket=BUCKET, Key="kept/model.tar.gz", Body=archive.getvalue())
        model = {"Image": "image", "ModelDataUrl": f"s3://{BUCKET}/kept/model.tar.gz"}
        digest = hashlib.sha256(archive.getvalue()).hexdigest()
        return self.sagemaker.create_model_package(
            ModelPackageGroupName=GROUP,
            ModelApprovalStatus=status,
            CustomerMetadataProperties={"model_sha256": digest},
            InferenceSpecification={
                "Containers": [model],
                "SupportedContentTypes": ["text/csv"],
                "SupportedResponseMIMETypes": ["text/csv"],
            },
            **more,
        )["ModelPackageArn"]

    def put(self, key, text):
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=text.encode())

    def capture(self, *bodies, content_type="text/csv", time=None, key="AllTraffic/1.jsonl"):
        """Put a capture file with a request for each body."""
        moment = (time or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")
        records = [
            {
                "captureData": {
                    "endpointInput": {
                        "observedContentType": content_type,
                        "mode": "INPUT",
                        "data": body,
                        "encoding": "CSV" if content_type == "text/csv" else "JSON",
                    },
                    "endpointOutput": {"data": "1.0", "encoding": "CSV", "mode": "OUTPUT"},
                },
                "eventMetadata": {"eventId": str(number), "inferenceTime": moment},
                "eventVersion": "0",
            }
            for number, body in enumerate(bodies)
        ]
        self.put(f"captured/tickit/{key}", "".join(json.dumps(each) + "\n" for each in records))

    def job(self, step, **environment):
        """A configured job of a step."""
        job = Job(
            self._archive,
            self._folder / step,
            f"pipeline_code.runtime.monitoring.{step}",
            environment={
                **self.environment,
                "MONITOR_PACKAGE": "pipeline_code.tickit_monitor",
                **environment,
            },
        )
        job.configure()
        return job

    def collect(self, **environment):
        """Run the job Collect; return the job and its exit code."""
        settings = {
            "CAPTURED_URI": f"s3://{BUCKET}/captured/tickit",
            "BATCHES_URI": f"s3://{BUCKET}/runs/tickit-batch",
            "WINDOW_HOURS": "24",
            "WINDOW_END": "now",
        }
        job = self.job("collect", **{**settings, **environment})
        (code,) = job.run()
        return job, code


@pytest.fixture(scope="session")
def archive(tmp_path_factory):
    """The archive of the pipeline's code."""
    return build_archive("tickit-monitor", tmp_path_factory.mktemp("code"))


@pytest.fixture(scope="session")
def endpoint():
    with registry_server() as endpoint:
        yield endpoint


@pytest.fixture
def monitor(endpoint, archive, tmp_path):
    return Monitor(endpoint, archive, tmp_path)
