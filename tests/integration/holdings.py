"""All content of a laptop cloud, as bytes that can be searched."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import zipfile
from collections.abc import Iterator
from typing import Any

from tests.integration.laptop import Laptop

# Service -> list operations without an argument.
LISTED = {
    "cloudwatch": ("describe_alarms",),
    "events": ("list_rules",),
    "iam": ("get_account_authorization_details",),
    "lambda": ("list_functions",),
    "sns": ("list_topics", "list_subscriptions"),
    "sqs": ("list_queues",),
    "ssm": ("describe_parameters",),
}
# SageMaker: list operation -> the member with the name, and the operation that describes it.
DESCRIBED = {
    "list_processing_jobs": ("ProcessingJobName", "describe_processing_job"),
    "list_training_jobs": ("TrainingJobName", "describe_training_job"),
    "list_transform_jobs": ("TransformJobName", "describe_transform_job"),
    "list_models": ("ModelName", "describe_model"),
    "list_endpoint_configs": ("EndpointConfigName", "describe_endpoint_config"),
    "list_pipelines": ("PipelineName", "describe_pipeline"),
}

Found = Iterator[tuple[str, bytes]]


def holdings(laptop: Laptop) -> Found:
    """Yield the location and the bytes of each item; archives are extracted."""
    yield from _listed(laptop)
    yield from _sagemaker(laptop)
    yield from _stacks(laptop)
    yield from _logs(laptop)
    yield from _statements(laptop)
    yield from _objects(laptop)
    yield from _files(laptop)


def _text(document: Any) -> bytes:
    return json.dumps(document, default=str).encode()


def _listed(laptop: Laptop) -> Found:
    for service, operations in LISTED.items():
        client = laptop.client(service)
        for operation in operations:
            yield f"{service} {operation}", _text(getattr(client, operation)())


def _sagemaker(laptop: Laptop) -> Found:
    client = laptop.client("sagemaker")
    for listing, (key, describing) in DESCRIBED.items():
        (listed,) = (
            value for value in getattr(client, listing)().values() if isinstance(value, list)
        )
        for each in listed:
            described = getattr(client, describing)(**{key: each[key]})
            yield f"sagemaker {describing} {each[key]}", _text(described)
    for pipeline in client.list_pipelines()["PipelineSummaries"]:
        name = pipeline["PipelineName"]
        runs = client.list_pipeline_executions(PipelineName=name)["PipelineExecutionSummaries"]
        for run in runs:
            arn = {"PipelineExecutionArn": run["PipelineExecutionArn"]}
            yield f"execution {arn}", _text(client.describe_pipeline_execution(**arn))
            yield f"steps of {arn}", _text(client.list_pipeline_execution_steps(**arn))


def _stacks(laptop: Laptop) -> Found:
    client = laptop.client("cloudformation")
    for stack in client.describe_stacks()["Stacks"]:
        name = stack["StackName"]
        yield f"stack {name}", _text(stack)
        yield f"template {name}", _text(client.get_template(StackName=name)["TemplateBody"])
        yield f"events of {name}", _text(client.describe_stack_events(StackName=name))


def _logs(laptop: Laptop) -> Found:
    client = laptop.client("logs")
    for page in client.get_paginator("describe_log_groups").paginate():
        for group in page["logGroups"]:
            name = group["logGroupName"]
            events = client.get_paginator("filter_log_events").paginate(logGroupName=name)
            lines = [event["message"] for page in events for event in page["events"]]
            yield f"log group {name}", "\n".join(lines).encode()


def _statements(laptop: Laptop) -> Found:
    client = laptop.client("redshift-data")
    for page in client.get_paginator("list_statements").paginate():
        yield "statements", _text(page)


def _objects(laptop: Laptop) -> Found:
    for bucket in laptop.client("s3").list_buckets()["Buckets"]:
        for uri in laptop.uris(f"s3://{bucket['Name']}/"):
            yield from opened(uri, laptop.read(uri))


def _files(laptop: Laptop) -> Found:
    for path in laptop.state.rglob("*"):
        # The saved state of the services, among them the secrets of Secrets Manager.
        if path.is_file() and not path.name.startswith("state.sqlite"):
            yield from opened(str(path), path.read_bytes())


def opened(name: str, body: bytes) -> Found:
    """Yield the bytes and, if they are an archive, the bytes of its members."""
    yield name, body
    if body.startswith(b"\x1f\x8b"):
        yield from opened(f"{name} unzipped", gzip.decompress(body))
    elif body.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            for member in archive.namelist():
                yield f"{name}/{member}", archive.read(member)
    elif body[257:262] == b"ustar":
        with tarfile.open(fileobj=io.BytesIO(body)) as archive:
            for member in archive:
                file = archive.extractfile(member)
                if file:
                    yield f"{name}/{member.name}", file.read()
