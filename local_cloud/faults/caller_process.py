"""The client process of a request."""

from __future__ import annotations

from typing import Any

from local_cloud.client_process import client_process
from local_cloud.errors import LocalCloudError


class NoCaller(LocalCloudError):
    """The client process is unknown, or is the laptop cloud."""


def kill_caller(environ: dict[str, Any]) -> None:
    """Kill the process that sent a request (WSGI environ) with SIGKILL. Raises `NoCaller`."""
    port = int(environ["REMOTE_PORT"])
    caller = client_process(port)
    if caller is None:
        raise NoCaller(
            f"no other process uses port {port}: the laptop cloud makes this call itself, so the "
            "fault crash is impossible; select another caller with role= or resource="
        )
    caller.kill()
