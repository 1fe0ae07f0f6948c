"""The files to which a version refers: where they are, and where their copies will be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from operations import OperationError

# The prefix of the copies below kept/<pipeline>/, which alone the receiving role may write
# (stacks/lake/model_objects.py).
PROMOTED = "promoted-"
_URI = re.compile(r"s3://([^/]+)/(.+)")
# An output of a run, or its report: area, pipeline, execution, and the name of the file.
_KEY = re.compile(r"(?:kept|reports)/([^/]+)/([^/]+)/(.+)")


@dataclass(frozen=True)
class FileCopy:
    """A file and the place of its copy: buckets and keys."""

    bucket: str
    key: str
    target_bucket: str
    target_key: str

    @property
    def uri(self) -> str:
        """The URI of the file."""
        return f"s3://{self.bucket}/{self.key}"

    @property
    def target_uri(self) -> str:
        """The URI of the copy."""
        return f"s3://{self.target_bucket}/{self.target_key}"


def copies_of(document: Any, *, pipeline: str, bucket: str) -> list[FileCopy]:
    """Return the copies of all files to which a document refers, in the lake `bucket`.

    Raises:
        OperationError: a file is not an output of a run of the pipeline.
    """
    return [_copy(uri, pipeline, bucket) for uri in dict.fromkeys(_uris(document))]


def replaced(document: Any, texts: Mapping[str, str]) -> Any:
    """Return the document with whole texts replaced."""
    if isinstance(document, str):
        return texts.get(document, document)
    if isinstance(document, Mapping):
        return {name: replaced(each, texts) for name, each in document.items()}
    if isinstance(document, list):
        return [replaced(each, texts) for each in document]
    return document


def _uris(document: Any) -> Iterator[str]:
    if isinstance(document, str) and document.startswith("s3://"):
        yield document
    elif isinstance(document, Mapping):
        for each in document.values():
            yield from _uris(each)
    elif isinstance(document, list):
        for each in document:
            yield from _uris(each)


def _copy(uri: str, pipeline: str, bucket: str) -> FileCopy:
    place = _URI.fullmatch(uri)
    found = _KEY.fullmatch(place[2]) if place else None
    if place is None or found is None or found[1] != pipeline:
        raise OperationError(
            f"the version refers to {uri}: only outputs of runs of {pipeline} "
            f"(kept/{pipeline}/<execution>/…) can be promoted; register a version without it"
        )
    _, execution, name = found.groups()
    return FileCopy(place[1], place[2], bucket, f"kept/{pipeline}/{PROMOTED}{execution}/{name}")
