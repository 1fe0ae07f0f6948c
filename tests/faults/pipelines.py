"""Copies of deployed pipelines with short retry intervals, and the output of their runs."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Collection
from typing import Any
from uuid import uuid4

import pyarrow.parquet as pq

from local_cloud.definition_rules.document import steps_of
from tests.integration.laptop import Laptop

Arguments = dict[str, Any]


def copy_of(
    laptop: Laptop,
    pipeline: str,
    *,
    steps: Collection[str] | None = None,
    change: Callable[[Arguments], None] = lambda _: None,
) -> str:
    """Create a copy with the same roles and some of the steps. `change` edits the first step.

    It makes as many retries as the deployed pipeline, at intervals of one second.
    """
    client = laptop.client("sagemaker")
    deployed = client.describe_pipeline(PipelineName=f"redline-local-{pipeline}")
    body = json.loads(deployed["PipelineDefinition"])
    if steps is not None:
        body["Steps"] = [step.document for step in steps_of(body) if step.name in steps]
    change(body["Steps"][0]["Arguments"])
    for step in steps_of(body):
        for policy in step.document.get("RetryPolicies", []):
            policy |= {"IntervalSeconds": 1, "BackoffRate": 1}
    name = f"redline-local-{pipeline}-{uuid4().hex[:6]}"
    client.create_pipeline(
        PipelineName=name, PipelineDefinition=json.dumps(body), RoleArn=deployed["RoleArn"]
    )
    return name


def files_of(
    laptop: Laptop, summary: dict[str, Any], step: str, *, pipeline: str = "tickit"
) -> dict[str, bytes]:
    """Return the files of a step of a copy's run in the lake, by path relative to the step's."""
    lake = laptop.output("redline-local-data", "LakeBucketName")
    prefix = f"s3://{lake}/runs/{pipeline}/{summary['execution_id']}/{step}/"
    return {uri.removeprefix(prefix): laptop.read(uri) for uri in laptop.uris(prefix)}


def rows_of(files: dict[str, bytes]) -> list[str]:
    """Return the sorted rows of Parquet files."""
    tables = [
        pq.read_table(io.BytesIO(content))
        for name, content in files.items()
        if name.endswith(".parquet")
    ]
    return sorted(str(row) for table in tables for row in table.to_pylist())
