"""Collects the inputs of the models, and the baseline of the approved model."""

import json
import os
from typing import Any

from pipeline_code.runtime.champion import approved_package, model_package_group
from pipeline_code.runtime.container import Container
from pipeline_code.runtime.job_clients import client


def run(container: Container) -> None:
    """Write the outputs `rows`, `baseline` and `collection`."""
    storage = client("s3", container.region)
    package = approved_package(
        model_package_group(), registry=client("sagemaker", container.region)
    )
    assert package is not None, "no version is approved"
    for name, source in package["DriftCheckBaselines"]["ModelDataQuality"].items():
        path = container.processing_output("baseline") / f"{name.lower()}.json"
        path.write_bytes(_body(storage, source["S3Uri"]))
    captured = _below("CAPTURED_URI", storage)
    sizes = [size for uri in captured for size in _sizes(_body(storage, uri))]
    scored = sum(len(_body(storage, uri).split()) for uri in _below("BATCHES_URI", storage))
    (container.processing_output("rows") / "rows.csv").write_text("\n".join(["size", *sizes, ""]))
    counts = json.dumps({"rows": len(sizes), "scored": scored})
    (container.processing_output("collection") / "collection.json").write_text(counts)


def _below(variable: str, storage: Any) -> list[str]:
    """List the objects below the prefix in an environment variable."""
    bucket, _, prefix = os.environ[variable].removeprefix("s3://").partition("/")
    pages = storage.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=f"{prefix}/")
    return [f"s3://{bucket}/{each['Key']}" for page in pages for each in page.get("Contents", [])]


def _sizes(captured: bytes) -> list[str]:
    """Return the sizes in the requests of a capture file."""
    records = map(json.loads, captured.splitlines())
    bodies = [record["captureData"]["endpointInput"]["data"] for record in records]
    return [line for body in bodies for line in body.split()]


def _body(storage: Any, uri: str) -> bytes:
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    body: bytes = storage.get_object(Bucket=bucket, Key=key)["Body"].read()
    return body
