"""A lake in memory, with captured requests and labels."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pyarrow.parquet as pq

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
CAPTURED, LABELS = "s3://lake/captured/served", "s3://lake/incoming/monitor"


class Lake:
    """The two operations of S3 that the jobs call."""

    def __init__(self):
        self._objects = {}

    def put(self, uri, content, *, time=NOW):
        body = content if isinstance(content, bytes) else content.encode()
        self._objects[uri.removeprefix("s3://lake/")] = (body, time)

    def capture(self, *records, time=NOW - timedelta(hours=1)):
        """Put a capture file with records of `record`."""
        text = "".join(json.dumps(each) + "\n" for each in records)
        self.put(f"{CAPTURED}/{len(self._objects)}.jsonl", text, time=time)

    def query(self, **columns):
        """Put rows of a query of labels, as UNLOAD writes them."""
        body = io.BytesIO()
        pq.write_table(pa.table(columns), body)
        self.put(f"{LABELS}/0000_part_00.parquet", body.getvalue())
        self.put(f"{LABELS}/manifest", "{}")

    def get_paginator(self, _name):
        return self

    def paginate(self, *, Bucket, Prefix):  # noqa: N803  # the names of boto3
        found = [
            {"Key": key, "LastModified": time}
            for key, (_, time) in self._objects.items()
            if key.startswith(Prefix)
        ]
        return [{"Contents": found}] if found else [{}]

    def get_object(self, *, Bucket, Key):  # noqa: N803
        return {"Body": io.BytesIO(self._objects[Key][0])}


def record(asked, answered, *, id=None, kind="text/csv", time=NOW - timedelta(hours=1)):
    """A capture record; without `id`, the client sent no InferenceId."""
    event = {"eventId": f"event-{asked}", "inferenceTime": time.isoformat()}
    if id is not None:
        event["inferenceId"] = id
    captured = {
        name: {"observedContentType": content_type, "mode": mode, "data": data, "encoding": "CSV"}
        for name, content_type, mode, data in (
            ("endpointInput", "text/csv", "INPUT", asked),
            ("endpointOutput", kind, "OUTPUT", answered),
        )
    }
    return {"captureData": captured, "eventMetadata": event, "eventVersion": "0"}
