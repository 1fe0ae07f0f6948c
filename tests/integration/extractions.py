"""Copies of the deployed pipeline tickit with other kinds of extraction."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from pipeline_code.compiler import deployed
from tests.definitions import definition
from tests.environment_values import environment_values
from tests.faults.watching import physical_id
from tests.integration.laptop import Laptop

EXTRACTIONS = ("unload", "long_unload")


def named(extraction: str) -> str:
    """Return the name of the pipeline with this kind of extraction."""
    return f"redline-local-tickit-{extraction.replace('_', '-')}"


@contextmanager
def extracting(
    laptop: Laptop, extraction: str, *, steps: Collection[str] | None = None
) -> Iterator[str]:
    """Create a pipeline with this extraction and tickit's role, with all or some of the steps."""
    client, name = laptop.client("sagemaker"), named(extraction)
    tickit = client.describe_pipeline(PipelineName="redline-local-tickit")
    resources = _resources(laptop)
    _allow(laptop, tickit["RoleArn"], resources)
    values = environment_values(definition("tickit"), json.loads(tickit["PipelineDefinition"]))
    values |= {"ExtractFunctionArn": resources["function"], "ExtractQueueUrl": resources["queue"]}
    body = deployed(definition("tickit", extraction=extraction).body, values)
    body["Steps"] = [step for step in body["Steps"] if steps is None or step["Name"] in steps]
    client.create_pipeline(
        PipelineName=name, PipelineDefinition=json.dumps(body), RoleArn=tickit["RoleArn"]
    )
    try:
        yield name
    finally:
        client.delete_pipeline(PipelineName=name)


def queue_arn(url: str) -> str:
    """Return the ARN of a queue of the laptop."""
    return f"arn:aws:sqs:us-east-1:123456789012:{url.rpartition('/')[2]}"


def _resources(laptop: Laptop) -> dict[str, str]:
    """Return the function and the queue of the warehouse's stack."""
    name = physical_id(laptop, "warehouse", "ExtractionAtOnceFunction")
    function = laptop.client("lambda").get_function(FunctionName=name)
    queue = physical_id(laptop, "warehouse", "ExtractionQueue")
    return {"function": function["Configuration"]["FunctionArn"], "queue": queue}


def _allow(laptop: Laptop, role: str, resources: dict[str, str]) -> None:
    """Grant the permissions that the stack grants for another kind of extraction."""
    statements = [
        {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": resources["function"]},
        {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": queue_arn(resources["queue"])},
    ]
    laptop.client("iam").put_role_policy(
        RoleName=role.rpartition("/")[2],
        PolicyName="extract",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": statements}),
    )
