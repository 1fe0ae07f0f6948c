"""Tags the kept files of failed executions to which nothing refers; a lifecycle rule deletes them.

The function looks at the state of the environment, not at events. So it finds the same files if it
runs late or twice, and those of releases without it.
"""

from __future__ import annotations

import logging
import os
from datetime import UTC, datetime
from typing import Any

from clients import client
from references import referenced
from unused import has_running_execution, unused_executions

logger = logging.getLogger()
logger.setLevel(logging.INFO)
# The tag of the lifecycle rule (stacks/lake/lake_buckets.py).
TAG = {"TagSet": [{"Key": "Unused", "Value": "true"}]}


def handler(event: dict[str, Any], context: Any) -> None:
    """Handle the call of the schedule.

    `event["unused_days"]` is pipeline -> the days after whose end the files of an execution that
    failed or was stopped are not needed any more.
    """
    storage, sagemaker = client("s3"), client("sagemaker")
    bucket, prefix = os.environ["LAKE_BUCKET"], os.environ["PIPELINE_ARN_PREFIX"]
    groups = os.environ["MODEL_PACKAGE_GROUPS"].split()
    now = datetime.now(UTC)
    candidates = [
        folder
        for pipeline, days in event["unused_days"].items()
        if not has_running_execution(sagemaker, f"{prefix}{pipeline}")
        for folder in unused_executions(
            storage, sagemaker, bucket, pipeline, arn=f"{prefix}{pipeline}", days=days, now=now
        )
    ]
    # Last, so that a version that was registered in the meantime is seen.
    needed = referenced(storage, sagemaker, bucket, groups, pipelines=event["unused_days"])
    for folder in candidates:
        if folder in needed:
            logger.info("%s is needed", folder)
            continue
        keys = _keys(storage, bucket, folder)
        for key in keys:
            storage.put_object_tagging(Bucket=bucket, Key=key, Tagging=TAG)
        logger.info("Tagged %s objects of %s", len(keys), folder)


def _keys(storage: Any, bucket: str, folder: str) -> list[str]:
    pages = storage.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=folder)
    return [each["Key"] for page in pages for each in page.get("Contents", [])]
