"""Applies the expirations of lifecycle rules to the objects of buckets.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html. S3 does
this once a day, and bucket policies do not apply to it. Only current objects expire here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

Rule = dict[str, Any]
_DAY = timedelta(days=1)


def expire(s3: Any, *, now: datetime) -> list[str]:
    """Delete what has expired at `now`, and return the objects as <bucket>/<key>, sorted.

    In a versioned bucket, the expiration of an object adds a delete marker. Noncurrent versions are
    not deleted.
    """
    return sorted(
        f"{bucket['Name']}/{key}"
        for bucket in s3.list_buckets()["Buckets"]
        for key in _expire_bucket(s3, bucket["Name"], now)
    )


def _expire_bucket(s3: Any, bucket: str, now: datetime) -> Iterator[str]:
    try:
        found = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    except s3.exceptions.ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchLifecycleConfiguration":
            return
        raise
    rules = [rule for rule in found if rule["Status"] == "Enabled"]
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    for each in [found for page in pages for found in page.get("Contents", [])]:
        place = {"Bucket": bucket, "Key": each["Key"]}
        if any(_expires(s3, place, rule, now - each["LastModified"]) for rule in rules):
            s3.delete_object(**place)
            yield each["Key"]


def _expires(s3: Any, place: dict[str, str], rule: Rule, age: timedelta) -> bool:
    days = rule.get("Expiration", {}).get("Days")
    return days is not None and age >= days * _DAY and _matches(s3, place, rule)


def _matches(s3: Any, place: dict[str, str], rule: Rule) -> bool:
    wanted = rule.get("Filter", {}).get("And", rule.get("Filter", {}))
    tags = [*wanted.get("Tags", []), *([wanted["Tag"]] if "Tag" in wanted else [])]
    if not place["Key"].startswith(wanted.get("Prefix", "")):
        return False
    return not tags or all(tag in s3.get_object_tagging(**place)["TagSet"] for tag in tags)
