"""Connects commands to the running laptop cloud."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request

from local_cloud.context import Cloud
from local_cloud.errors import NotRunning
from local_cloud.loopback import OPENER
from local_cloud.server_process import live_server
from local_cloud.state import read_secrets

# Paths of the server that belong to no AWS service.
CONTROL = "/_laptop/"
HEALTH_PATH = f"{CONTROL}health"
TYPES_PATH = f"{CONTROL}types"
EXISTING_PATH = f"{CONTROL}existing"
RULES_PATH = f"{CONTROL}rules/"
ACTIONS_PATH = f"{CONTROL}scheduled-actions/"
PERMISSIONS_PATH = f"{CONTROL}permissions"
FAULTS_PATH = f"{CONTROL}faults/"
TOKEN_HEADER = "X-Laptop-Token"
_HEALTH_TIMEOUT_SECONDS = 5.0


def connect(state: Path) -> Cloud:
    """Return the cloud of this state folder. Raises `NotRunning`."""
    record, secrets = live_server(state), read_secrets(state)
    if record is None or secrets is None:
        raise NotRunning(
            f"No laptop cloud is running with the state folder {state}. "
            "Start one with `python -m local_cloud up`."
        )
    return Cloud(
        endpoint=record.endpoint, state=state.resolve(), region=record.region, secrets=secrets
    )


def call(
    cloud: Cloud, path: str, document: object = None, *, timeout_seconds: float | None = None
) -> Any:
    """Send a command to the server and return its JSON document."""
    request = Request(
        cloud.endpoint + path,
        data=json.dumps(document).encode(),
        headers={TOKEN_HEADER: cloud.secrets.control_token, "Content-Type": "application/json"},
        method="POST",
    )
    with OPENER.open(request, timeout=timeout_seconds) as answer:
        return json.load(answer)


def read_health(cloud: Cloud) -> dict[str, Any] | None:
    """Return the health page, or None if there is no response.

    It is {"pid": int, "faults": [str], "interrupted": [str]}.
    """
    try:
        document: dict[str, Any] = call(cloud, HEALTH_PATH, timeout_seconds=_HEALTH_TIMEOUT_SECONDS)
    except (URLError, TimeoutError, ConnectionError, json.JSONDecodeError):
        return None
    return document


def read_interrupted(cloud: Cloud) -> list[str]:
    """Return the work that the last server of the state folder did not finish, one line each."""
    interrupted: list[str] = call(cloud, HEALTH_PATH)["interrupted"]
    return interrupted


def read_permissions(cloud: Cloud) -> dict[str, Any]:
    """Return the grants and calls of the roles (see `authorization.permissions_report`)."""
    document: dict[str, Any] = call(cloud, PERMISSIONS_PATH)
    return document


def list_faults(cloud: Cloud) -> dict[str, Any]:
    """Return the injected faults and the operations that they affected."""
    document: dict[str, Any] = call(cloud, f"{FAULTS_PATH}list")
    return document


def inject_fault(cloud: Cloud, fields: dict[str, Any]) -> dict[str, Any]:
    """Inject a fault. Return what `list_faults` does, or {"error": why a field is invalid}."""
    document: dict[str, Any] = call(cloud, f"{FAULTS_PATH}inject", fields)
    return document


def clear_faults(cloud: Cloud) -> dict[str, Any]:
    """Remove all faults, and return what `list_faults` does."""
    document: dict[str, Any] = call(cloud, f"{FAULTS_PATH}clear")
    return document
