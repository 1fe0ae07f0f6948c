"""Reads and writes the objects of the lake that the function uses."""

from __future__ import annotations

import json
from typing import Any


def exists(s3: Any, uri: str) -> bool:
    """Return whether an object exists, which the function may list but not read."""
    place = bucket_and_key(uri)
    found = s3.list_objects_v2(Bucket=place["Bucket"], Prefix=place["Key"], MaxKeys=1)
    return any(each["Key"] == place["Key"] for each in found.get("Contents", ()))


def read_manifest(s3: Any, location: str) -> dict[str, Any]:
    """Return the manifest of UNLOAD, or an empty one: without rows UNLOAD writes no manifest."""
    try:
        return read_json(s3, f"{location}manifest")
    except s3.exceptions.NoSuchKey:
        return {}


def read_json(s3: Any, uri: str) -> dict[str, Any]:
    """Return the JSON document in an object."""
    return dict(json.loads(s3.get_object(**bucket_and_key(uri))["Body"].read()))


def write_json(s3: Any, uri: str, document: Any, **conditions: str) -> None:
    """Write a JSON document to an object. `conditions` are those of PutObject."""
    s3.put_object(
        **bucket_and_key(uri),
        Body=json.dumps(document).encode(),
        ContentType="application/json",
        **conditions,
    )


def bucket_and_key(uri: str) -> dict[str, str]:
    """Return the members Bucket and Key of a request for the object."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return {"Bucket": bucket, "Key": key}
