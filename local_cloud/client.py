"""How commands reach the running laptop cloud."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

from local_cloud.context import Cloud
from local_cloud.errors import NotRunning
from local_cloud.state import ServerRecord, read_server

# What the server answers beside the services of AWS.
HEALTH_PATH = "/_laptop/health"
TYPES_PATH = "/_laptop/types"
RULES_PATH = "/_laptop/rules/"
PERMISSIONS_PATH = "/_laptop/permissions"
FAULTS_PATH = "/_laptop/faults"
_HEALTH_TIMEOUT_SECONDS = 5.0


def connect(state: Path) -> Cloud:
    """The cloud whose server was started with this state folder.

    Raises `NotRunning`, which says what to do.
    """
    record = running_server(state)
    if record is None:
        raise NotRunning(
            f"No laptop cloud is running with the state folder {state}. "
            "Start one with `python -m local_cloud up`."
        )
    return Cloud(endpoint=record.endpoint, state=state.resolve(), region=record.region)


def running_server(state: Path) -> ServerRecord | None:
    """The record of the server of this folder if it answers and is the one that wrote it."""
    record = read_server(state)
    if record is None:
        return None
    health = read_health(record.endpoint)
    return record if health is not None and health["pid"] == record.pid else None


def read_health(endpoint: str) -> dict[str, Any] | None:
    """What the server says of itself ({"pid": int, "faults": [str]}), or None if it is silent."""
    try:
        with urlopen(endpoint + HEALTH_PATH, timeout=_HEALTH_TIMEOUT_SECONDS) as answer:
            document: dict[str, Any] = json.load(answer)
    except (URLError, TimeoutError, ConnectionError, json.JSONDecodeError):
        return None
    return document


def read_permissions(endpoint: str) -> dict[str, Any]:
    """What roles were granted, did and were denied (see `authorization.report`)."""
    with urlopen(endpoint + PERMISSIONS_PATH) as answer:
        document: dict[str, Any] = json.load(answer)
    return document


def change_faults(endpoint: str, method: str, fields: dict[str, Any] | None = None) -> Any:
    """GET the faults and their hits, POST the fields of one more, or DELETE them all.

    Answers as `FaultRegistry.report`, or {"error": why the fields are none of a fault}.
    """
    body = json.dumps(fields).encode()
    with urlopen(Request(endpoint + FAULTS_PATH, data=body, method=method)) as answer:
        return json.load(answer)
