"""The client process of a request."""

from __future__ import annotations

import os
from typing import Any

import psutil  # type: ignore[import-untyped]  # publishes no types

from local_cloud.errors import LocalCloudError


class NoCaller(LocalCloudError):
    """The client process is unknown, or is the laptop cloud."""


def kill_caller(environ: dict[str, Any]) -> None:
    """Kill the process that sent a request (WSGI environ) with SIGKILL. Raises `NoCaller`."""
    port = int(environ["REMOTE_PORT"])
    found = {
        one.pid for one in psutil.net_connections("tcp") if one.laddr and one.laddr.port == port
    }
    callers = found - {None, os.getpid()}
    if not callers:
        raise NoCaller(
            f"no other process uses port {port}: the laptop cloud makes this call itself, so the "
            "fault crash is impossible; select another caller with role= or resource="
        )
    psutil.Process(callers.pop()).kill()
