"""Checks the files of an AutoML job before any work: their format, size and header rows.

Autopilot accepts CSV files of at most 5 GB. Either each file has a header row, or only the first
file in alphabetical order:
https://docs.aws.amazon.com/sagemaker/latest/dg/autopilot-datasets-problem-types.html
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local_cloud.sagemaker.exceptions import JobFailed
from local_cloud.sagemaker.jobs.s3_transfers import S3Object

MAX_BYTES = 5 * 1024**3
_FIRST_BYTES = 65_536


def header_of(s3: Any, objects: Sequence[S3Object], *, target: str, is_present: bool) -> str:
    """Return which files have a header row: "all", "first" or "none".

    Raises `JobFailed` if the files are too large or no CSV files, or if the rule for header rows is
    not met.
    """
    heads = [_head(s3, each) for each in objects]
    total = sum(size for size, _ in heads)
    if total > MAX_BYTES:
        raise JobFailed(
            f"ClientError: The files have {total / 1024**3:.1f} GiB; an AutoML job accepts at most "
            "5 GB. Sample the rows."
        )
    lines = [line for _, line in heads]
    for s3_object, line in zip(objects, lines, strict=True):
        if len(line) < 2:
            raise JobFailed(
                f"ClientError: {s3_object.key} is not a CSV file with at least two columns."
            )
    if not is_present:
        return "none"
    if target not in lines[0]:
        raise JobFailed(
            f"ClientError: The first file, {objects[0].key}, has no header row with the target "
            f"{target!r}; its first row is {','.join(lines[0])[:200]!r}."
        )
    same = [line == lines[0] for line in lines[1:]]
    if all(same):
        return "all"
    if any(same):
        other = objects[1 + same.index(False)].key
        raise JobFailed(
            f"ClientError: Some files have a header row, and {other} has none. Either each file "
            "has a header row, or only the first file in alphabetical order."
        )
    return "first"


def _head(s3: Any, found: S3Object) -> tuple[int, list[str]]:
    """Return the bytes of an object and the fields of its first row."""
    try:
        size = int(s3.head_object(Bucket=found.bucket, Key=found.key)["ContentLength"])
        last = min(size, _FIRST_BYTES) - 1
        answer = s3.get_object(Bucket=found.bucket, Key=found.key, Range=f"bytes=0-{max(last, 0)}")
        text = answer["Body"].read().decode(errors="replace")
    except (BotoCoreError, ClientError) as error:
        raise JobFailed(f"ClientError: {found.key} cannot be read: {error}") from error
    return size, next(csv.reader(io.StringIO(text)), [])
