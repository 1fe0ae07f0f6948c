"""Checks filters, formats and payload sizes. Yields one sentence for each problem.

The value of an expression is checked when it is known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from local_cloud.sagemaker.jobs.transform.json_path import InvalidPath, read_path
from local_cloud.sagemaker.jobs.transform.record_formats import FORMATS, format_of
from local_cloud.sagemaker.jobs.transform.transform_settings import DEFAULT_MEGABYTES

Request = Mapping[str, Any]

_MAX_MEGABYTES = 100
_FILTERS = ("InputFilter", "OutputFilter")
_CONTENT_TYPE, _ACCEPT = "TransformInput.ContentType", "TransformOutput.Accept"


def of_data_processing(request: Request) -> Iterator[str]:
    """Yield a sentence for each unsupported part of the request's DataProcessing."""
    given = request.get("DataProcessing") or {}
    source, output = request.get("TransformInput", {}), request.get("TransformOutput", {})
    types = {_CONTENT_TYPE: source.get("ContentType"), _ACCEPT: output.get("Accept")}
    if any(isinstance(value, dict) for value in (*given.values(), *types.values())):
        return
    problems = list(_paths(given))
    yield from problems
    if not problems:
        yield from _formats(given, types)
        yield from _assembly(given, source, output)


def of_payload(request: Request) -> Iterator[str]:
    """Yield a sentence for each size that is not allowed."""
    size = request.get("MaxPayloadInMB", DEFAULT_MEGABYTES)
    together = request.get("MaxConcurrentTransforms") or 1
    if isinstance(size, dict) or isinstance(together, dict):
        return
    if size == 0:
        yield "MaxPayloadInMB 0 (HTTP chunked encoding) is not supported here; use 1 to 100."
    if size * together > _MAX_MEGABYTES:
        yield (
            f"MaxPayloadInMB {size} times MaxConcurrentTransforms {together} is more than "
            f"{_MAX_MEGABYTES}; reduce one of the two."
        )


def _paths(given: Request) -> Iterator[str]:
    for name in _FILTERS:
        try:
            read_path(given.get(name, ""))
        except InvalidPath as error:
            yield f"DataProcessing.{name} {error}."


def _formats(given: Request, types: Mapping[str, Any]) -> Iterator[str]:
    """Check that the formats of filters and joins can be parsed."""
    filters_input, filters_output, joins = _changes(given)
    for where, wanted in (
        (_CONTENT_TYPE, filters_input or joins),
        (_ACCEPT, filters_output or joins),
    ):
        if wanted and format_of(types[where]) is None:
            known = ", ".join(FORMATS)
            yield f"{where} {types[where]!r} cannot be filtered or joined; use one of: {known}."
    formats = {format_of(kind) for kind in types.values()} - {None}
    if joins and len(formats) > 1:
        yield "DataProcessing.JoinSource joins CSV with CSV and JSON with JSON; change Accept."


def _assembly(given: Request, source: Request, output: Request) -> Iterator[str]:
    _, filters_output, joins = _changes(given)
    is_split = source.get("SplitType") == "Line"
    if (filters_output or joins) and is_split and output.get("AssembleWith") != "Line":
        yield ("TransformOutput.AssembleWith must be Line if split records are joined or filtered.")


def _changes(given: Request) -> tuple[bool, bool, bool]:
    """Return whether records are filtered before the model, after it, and joined."""
    before, after = (not read_path(given.get(name, "")).selects_everything for name in _FILTERS)
    return before, after, given.get("JoinSource") == "Input"
