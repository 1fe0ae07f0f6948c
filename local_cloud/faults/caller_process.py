"""The process at the other end of a request's connection."""

from __future__ import annotations

import os
from typing import Any

import psutil  # type: ignore[import-untyped]  # publishes no types

from local_cloud.errors import LocalCloudError


class NoCaller(LocalCloudError):
    """The calling process cannot be told, or is the laptop cloud itself."""


def kill_caller(environ: dict[str, Any]) -> None:
    """Kill the process that sent a request (WSGI environ), at once; raises `NoCaller`."""
    port = int(environ["REMOTE_PORT"])
    found = {
        one.pid for one in psutil.net_connections("tcp") if one.laddr and one.laddr.port == port
    }
    callers = found - {None, os.getpid()}
    if not callers:
        raise NoCaller(
            f"no other process is at port {port}: the laptop cloud does this call itself, so the "
            "fault crash cannot be; say with role= or resource= which caller is meant"
        )
    psutil.Process(callers.pop()).kill()
