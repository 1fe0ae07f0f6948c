"""Connects commands to the running laptop cloud."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

from local_cloud.context import Cloud
from local_cloud.errors import NotRunning
from local_cloud.state import ServerRecord, read_server

# Paths of the server that belong to no AWS service.
HEALTH_PATH = "/_laptop/health"
TYPES_PATH = "/_laptop/types"
RULES_PATH = "/_laptop/rules/"
PERMISSIONS_PATH = "/_laptop/permissions"
FAULTS_PATH = "/_laptop/faults"
_HEALTH_TIMEOUT_SECONDS = 5.0


def connect(state: Path) -> Cloud:
    """Return the cloud of this state folder. Raises `NotRunning`."""
    record = running_server(state)
    if record is None:
        raise NotRunning(
            f"No laptop cloud is running with the state folder {state}. "
            "Start one with `python -m local_cloud up`."
        )
    return Cloud(endpoint=record.endpoint, state=state.resolve(), region=record.region)


def running_server(state: Path) -> ServerRecord | None:
    """Return the record of this folder's server if the server responds, else None."""
    record = read_server(state)
    if record is None:
        return None
    health = read_health(record.endpoint)
    return record if health is not None and health["pid"] == record.pid else None


def read_health(endpoint: str) -> dict[str, Any] | None:
    """Return the health page ({"pid": int, "faults": [str]}), or None if there is no response."""
    try:
        with urlopen(endpoint + HEALTH_PATH, timeout=_HEALTH_TIMEOUT_SECONDS) as answer:
            document: dict[str, Any] = json.load(answer)
    except (URLError, TimeoutError, ConnectionError, json.JSONDecodeError):
        return None
    return document


def read_permissions(endpoint: str) -> dict[str, Any]:
    """Return the grants and calls of the roles (see `authorization.permissions_report`)."""
    with urlopen(endpoint + PERMISSIONS_PATH) as answer:
        document: dict[str, Any] = json.load(answer)
    return document


def change_faults(endpoint: str, method: str, fields: dict[str, Any] | None = None) -> Any:
    """Send a request for the faults: GET lists, POST injects `fields` as a fault, DELETE clears.

    Return the result of `FaultRegistry.report`, or {"error": why the fields are invalid}.
    """
    body = json.dumps(fields).encode()
    with urlopen(Request(endpoint + FAULTS_PATH, data=body, method=method)) as answer:
        return json.load(answer)
