"""The executions whose files a registered version, or a pointer of a pipeline, refers to."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any


def referenced(
    storage: Any, sagemaker: Any, bucket: str, groups: Iterable[str], *, pipelines: Iterable[str]
) -> set[str]:
    """Return kept/<pipeline>/<execution>/ of every execution that is referred to.

    A version refers to its model, metrics, baselines and properties, whatever its approval status.
    A pointer is a file directly below kept/<pipeline>/. A version may refer to an execution other
    than its own, because SageMaker reuses the results of steps.
    """
    uri = re.compile(rf"s3://{re.escape(bucket)}/(kept/[^/\"]+/[^/\"]+/)")
    texts = [
        *(text for group in groups for text in _versions(sagemaker, group)),
        *(text for pipeline in pipelines for text in _pointers(storage, bucket, pipeline)),
    ]
    return {folder for text in texts for folder in uri.findall(text)}


def _versions(sagemaker: Any, group: str) -> Iterator[str]:
    pages = sagemaker.get_paginator("list_model_packages").paginate(ModelPackageGroupName=group)
    for page in pages:
        for summary in page["ModelPackageSummaryList"]:
            name = summary["ModelPackageArn"]
            yield json.dumps(sagemaker.describe_model_package(ModelPackageName=name), default=str)


def _pointers(storage: Any, bucket: str, pipeline: str) -> Iterator[str]:
    pages = storage.get_paginator("list_objects_v2").paginate(
        Bucket=bucket, Prefix=f"kept/{pipeline}/", Delimiter="/"
    )
    for page in pages:
        for each in page.get("Contents", []):
            yield storage.get_object(Bucket=bucket, Key=each["Key"])["Body"].read().decode()
