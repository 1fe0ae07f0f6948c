"""Splits an object into records, puts them into requests, and joins predictions with records."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from local_cloud.sagemaker.jobs.transform.json_path import PathNotFound
from local_cloud.sagemaker.jobs.transform.record_formats import InvalidRecord
from local_cloud.sagemaker.jobs.transform.transform_settings import (
    MEGABYTE,
    DataProcessing,
    TransformSettings,
)

_END = b"\n"


class ObjectFailed(Exception):
    """An object cannot be transformed. `kind` is the prefix of the job's FailureReason."""

    def __init__(self, reason: str, *, kind: str = "ClientError") -> None:
        super().__init__(reason)
        self.kind = kind


@dataclass(frozen=True)
class Payload:
    """A request: its records as they are in the object, and in the format for the model."""

    records: tuple[bytes, ...]
    body: bytes


def payloads(content: IO[bytes], settings: TransformSettings) -> Iterator[Payload]:
    """Yield the requests of an object, in order. Raises `ObjectFailed`.

    The object is read as far as its requests are taken.
    """
    batch: list[tuple[bytes, bytes]] = []
    size = 0
    for number, record in enumerate(_records(content, settings), start=1):
        model_input = _model_input(record, number, settings.processing)
        if len(model_input) > settings.payload_bytes:
            raise ObjectFailed(
                f"record {number} has {len(model_input):,} bytes, more than MaxPayloadInMB "
                f"{settings.payload_bytes // MEGABYTE}"
            )
        # A line end precedes each record of a request, except the first.
        if batch and (settings.one_by_one or size + 1 + len(model_input) > settings.payload_bytes):
            yield _payload(batch)
            batch, size = [], 0
        size += len(model_input) + (1 if batch else 0)
        batch.append((record, model_input))
    if batch:
        yield _payload(batch)


def output_of(payload: Payload, answer: bytes, settings: TransformSettings) -> bytes:
    """Return the output for a request, from the response of the model. Raises `ObjectFailed`."""
    if settings.processing.returns_answers:
        return answer.rstrip(b"\r\n") + _END if settings.lines else answer
    lines = answer.rstrip(b"\r\n").split(_END) if settings.split else [answer]
    if len(lines) != len(payload.records):
        raise ObjectFailed(
            f"the model returned {len(lines)} predictions for {len(payload.records)} records: "
            "they cannot be joined"
        )
    rows = [
        _output_record(*pair, settings.processing)
        for pair in zip(payload.records, lines, strict=True)
    ]
    return _END.join(rows) + (_END if settings.lines else b"")


def _records(content: IO[bytes], settings: TransformSettings) -> Iterator[bytes]:
    if not settings.is_gzip:
        yield from _split(content, settings)
        return
    try:
        with gzip.GzipFile(fileobj=content) as unpacked:
            yield from _split(unpacked, settings)
    except (OSError, EOFError, zlib.error) as error:
        raise ObjectFailed(f"not gzipped, although CompressionType is Gzip: {error}") from error


def _split(content: IO[bytes] | gzip.GzipFile, settings: TransformSettings) -> Iterator[bytes]:
    if not settings.split:
        yield content.read()
        return
    for line in content:
        yield line.removesuffix(_END)


def _payload(batch: list[tuple[bytes, bytes]]) -> Payload:
    return Payload(
        tuple(record for record, _ in batch), _END.join(model_input for _, model_input in batch)
    )


def _model_input(record: bytes, number: int, processing: DataProcessing) -> bytes:
    if processing.input_filter.selects_everything or processing.source is None:
        return record
    try:
        return processing.source.write(processing.input_filter.find(processing.source.read(record)))
    except (InvalidRecord, PathNotFound) as error:
        raise ObjectFailed(f"record {number}: InputFilter cannot be applied: {error}") from error


def _output_record(record: bytes, answer: bytes, processing: DataProcessing) -> bytes:
    assert processing.answer is not None  # checked when the job was created
    try:
        value = processing.answer.read(answer)
        if processing.joined and processing.source is not None:
            value = processing.source.join(processing.source.read(record), value)
        return processing.answer.write(processing.output_filter.find(value))
    except InvalidRecord as error:
        name = processing.answer.name
        raise ObjectFailed(
            f"failed to parse output from the algorithm as {name}: {error}"
        ) from error
    except PathNotFound as error:
        raise ObjectFailed(f"OutputFilter cannot be applied: {error}") from error
