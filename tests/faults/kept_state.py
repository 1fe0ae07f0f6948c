"""What a laptop cloud has acknowledged: it must be there after the server was killed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.integration.laptop import Laptop

Kept = set[tuple[str, ...]]
TABLES = ("sales", "listing", "event")


def kept(laptop: Laptop) -> Kept:
    """Return the finished stacks, objects, rows, ended executions, packages and endpoints."""
    sagemaker = laptop.client("sagemaker")
    return {
        *_stacks(laptop),
        *_objects(laptop),
        *(("rows", table, str(count)) for table, count in rows(laptop).items()),
        *_executions(laptop, sagemaker),
        *_packages(sagemaker),
        *_endpoints(sagemaker),
    }


def rows(laptop: Laptop) -> dict[str, int]:
    """Return the number of rows of the tables that have rows."""
    counts = (f"SELECT '{table}' AS name, count(*) AS total FROM {table}" for table in TABLES)
    ran = laptop.run("query", " UNION ALL ".join(counts), "--json", code=None)
    found = json.loads(ran.stdout) if ran.returncode == 0 else []
    return {row["name"]: row["total"] for row in found if row["total"]}


def _stacks(laptop: Laptop) -> Iterator[tuple[str, ...]]:
    pages = laptop.client("cloudformation").get_paginator("describe_stacks").paginate()
    for stack in (stack for page in pages for stack in page["Stacks"]):
        yield "stack", stack["StackId"], stack["StackStatus"], str(stack.get("Outputs"))


def _objects(laptop: Laptop) -> Iterator[tuple[str, ...]]:
    s3 = laptop.client("s3")
    for bucket in s3.list_buckets()["Buckets"]:
        pages = s3.get_paginator("list_object_versions").paginate(Bucket=bucket["Name"])
        for found in (each for page in pages for each in page.get("Versions", [])):
            yield "object", bucket["Name"], found["Key"], found["VersionId"], found["ETag"]


def _executions(laptop: Laptop, sagemaker: Any) -> Iterator[tuple[str, ...]]:
    for execution in laptop.json("runs", "--limit", "1000"):
        arn = execution["execution_arn"]
        status = sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)
        steps = sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=arn)
        if status["PipelineExecutionStatus"] not in ("Executing", "Stopping"):
            ended = [
                (each["StepName"], each["StepStatus"]) for each in steps["PipelineExecutionSteps"]
            ]
            yield "execution", arn, status["PipelineExecutionStatus"], str(ended)


def _packages(sagemaker: Any) -> Iterator[tuple[str, ...]]:
    for group in sagemaker.list_model_package_groups()["ModelPackageGroupSummaryList"]:
        name = group["ModelPackageGroupName"]
        listed = sagemaker.list_model_packages(ModelPackageGroupName=name)
        for package in listed["ModelPackageSummaryList"]:
            arn, status = package["ModelPackageArn"], package["ModelApprovalStatus"]
            yield "package", arn
            # A command that was interrupted may have approved it.
            if status != "PendingManualApproval":
                yield "package", arn, status


def _endpoints(sagemaker: Any) -> Iterator[tuple[str, ...]]:
    for endpoint in sagemaker.list_endpoints()["Endpoints"]:
        described = sagemaker.describe_endpoint(EndpointName=endpoint["EndpointName"])
        if described["EndpointStatus"] == "InService":
            yield "endpoint", described["EndpointName"], described["EndpointConfigName"]
