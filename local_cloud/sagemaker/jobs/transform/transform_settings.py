"""The settings in a CreateTransformJob request for splitting, sending and writing records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local_cloud.sagemaker.jobs.transform.json_path import JsonPath, read_path
from local_cloud.sagemaker.jobs.transform.record_formats import Format, format_of

Request = Mapping[str, Any]

MEGABYTE = 1024 * 1024
DEFAULT_MEGABYTES = 6
_DEFAULT_TIMEOUT_SECONDS = 600
_DEFAULT_RETRIES = 3


@dataclass(frozen=True)
class DataProcessing:
    """The filters of records, and whether records are joined with the predictions.

    Without formats, records are not parsed, so there are no filters and no join.
    """

    input_filter: JsonPath
    output_filter: JsonPath
    joined: bool
    source: Format | None
    answer: Format | None

    @property
    def returns_answers(self) -> bool:
        """Whether the responses of the model are written unchanged."""
        return self.output_filter.selects_everything and not self.joined


@dataclass(frozen=True)
class TransformSettings:
    """The request's members, with the service's defaults. Sizes are in bytes."""

    content_type: str | None
    accept: str | None
    is_gzip: bool
    split: bool
    one_by_one: bool
    payload_bytes: int
    max_concurrent: int
    timeout_seconds: float
    retries: int
    lines: bool
    processing: DataProcessing

    @classmethod
    def read(cls, request: Request) -> TransformSettings:
        """Return the settings of a request that passed the checks of `findings`."""
        source, output = request["TransformInput"], request["TransformOutput"]
        client = request.get("ModelClientConfig") or {}
        return cls(
            content_type=source.get("ContentType"),
            accept=output.get("Accept"),
            is_gzip=source.get("CompressionType") == "Gzip",
            split=source.get("SplitType") == "Line",
            one_by_one=request.get("BatchStrategy") == "SingleRecord",
            payload_bytes=request.get("MaxPayloadInMB", DEFAULT_MEGABYTES) * MEGABYTE,
            max_concurrent=request.get("MaxConcurrentTransforms") or 1,
            timeout_seconds=client.get("InvocationsTimeoutInSeconds", _DEFAULT_TIMEOUT_SECONDS),
            retries=client.get("InvocationsMaxRetries", _DEFAULT_RETRIES),
            lines=output.get("AssembleWith") == "Line",
            processing=_processing(request),
        )


def _processing(request: Request) -> DataProcessing:
    given = request.get("DataProcessing") or {}
    return DataProcessing(
        input_filter=read_path(given.get("InputFilter", "")),
        output_filter=read_path(given.get("OutputFilter", "")),
        joined=given.get("JoinSource") == "Input",
        source=format_of(request["TransformInput"].get("ContentType")),
        answer=format_of(request["TransformOutput"].get("Accept")),
    )
