"""The JSON documents that the steps of an execution wrote to the lake."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from execution_reader.expressions import Unknown
from execution_reader.values import read_json

# Where steps write outputs of a run (docs/architecture.md, "Where data is kept").
AREAS = ("kept", "runs")
# Larger documents are not read: the memory of the function is limited.
MOST_BYTES = 16 * 1024**2


@dataclass(frozen=True)
class Lake:
    """The prefixes of one pipeline in the lake."""

    s3: Any
    bucket: str
    pipeline: str

    def documents(
        self, execution_id: str, step: str, outputs: Collection[str]
    ) -> Iterator[tuple[str, Any]]:
        """Yield `<step>/<output>/<file>` and the content of the JSON documents of a step.

        A document that is not JSON, or is too large, is skipped.
        """
        for area in AREAS:
            prefix = f"{area}/{self.pipeline}/{execution_id}/"
            for key in self._keys(f"{prefix}{step}/"):
                name = key.removeprefix(prefix)
                parts = name.split("/")
                if len(parts) == 3 and parts[1] in outputs and name.endswith(".json"):
                    yield from self._read(name, key)

    def _keys(self, prefix: str) -> Iterator[str]:
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
        for page in pages:
            for entry in page.get("Contents", ()):
                if entry["Size"] <= MOST_BYTES:
                    yield str(entry["Key"])

    def _read(self, name: str, key: str) -> Iterator[tuple[str, Any]]:
        try:
            yield name, read_json(self.s3, self.bucket, key)
        except Unknown:
            return


def report_key(pipeline: str, execution_id: str) -> str:
    """Return where the report of an execution is. Model packages contain this URI.

    `Folder.report_uri` of pipeline_code/workflow/folder.py has the same parts.
    """
    return f"reports/{pipeline}/{execution_id}/report.html"
