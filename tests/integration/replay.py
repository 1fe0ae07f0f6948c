"""Compares two recordings of `make smoke`: the members of the responses, and their types.

The values of two runs differ, so they are not compared. Of repeated requests, the last response is
compared: how often a client polls is a matter of time.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import botocore.session

from pipeline_code.source_files import source_files


class Operation(NamedTuple):
    """An operation in a phase. `outcome` is "response" or "error"."""

    phase: str
    service: str
    operation: str
    outcome: str


def differences(recorded: Path, replayed: Path) -> list[str]:
    """Return a line for each operation, member and type that only one of the recordings has."""
    one, other = _structures(recorded), _structures(replayed)
    # A poll that begins early sees an error that a later poll does not see.
    passing = {key for key in one.keys() ^ other.keys() if _has_response(key, one, other)}
    return [
        f"{' '.join(key)}: only in the {side}: {line}"
        for key in sorted((one.keys() | other.keys()) - passing)
        for side, lines in (
            ("recording", one.get(key, set()) - other.get(key, set())),
            ("replay", other.get(key, set()) - one.get(key, set())),
        )
        for line in sorted(lines)
    ]


def calls(recording: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the phase and the call of each line of a recording."""
    for path in source_files(recording, "*.jsonl"):
        for line in path.read_text().splitlines():
            yield path.stem.partition("-")[2], json.loads(line)


def _has_response(key: Operation, *structures: Mapping[Operation, set[str]]) -> bool:
    answered = key._replace(outcome="response")
    return key.outcome == "error" and all(answered in each for each in structures)


def _structures(recording: Path) -> dict[Operation, set[str]]:
    last: dict[tuple[Operation, str], set[str]] = {}
    for phase, call in calls(recording):
        outcome = "error" if "error" in call else "response"
        key = Operation(phase, call["service"], call["operation"], outcome)
        shape = _output_shape(key) if outcome == "response" else None
        found = {f"status {call['status']}", *_members(call[outcome], shape)}
        if outcome == "error":
            found.add(f"code {call['error']['Error'].get('Code')}")
        last[key, json.dumps(call["request"], sort_keys=True)] = found
    merged: dict[Operation, set[str]] = {}
    for (key, _), found in last.items():
        merged[key] = merged.get(key, set()) | found
    return merged


def _output_shape(key: Operation) -> Any:
    return _service(key.service).operation_model(key.operation).output_shape


@cache
def _service(name: str) -> Any:
    return botocore.session.get_session().get_service_model(name)


def _members(value: Any, shape: Any, path: str = "") -> Iterator[str]:
    """Yield `path: type` for a value and everything in it. The keys of a map are data."""
    if isinstance(value, Mapping):
        yield f"{path}: object"
        for name, each in value.items():
            if getattr(shape, "type_name", None) == "map":
                yield from _members(each, shape.value, f"{path}{{}}")
            else:
                members = getattr(shape, "members", {})
                yield from _members(each, members.get(name), f"{path}.{name}")
    elif isinstance(value, list):
        yield f"{path}: array"
        for each in value:
            yield from _members(each, getattr(shape, "member", None), f"{path}[]")
    else:
        yield f"{path}: {_TYPES[type(value)]}"


_TYPES = {str: "string", int: "number", float: "number", bool: "boolean", type(None): "null"}
