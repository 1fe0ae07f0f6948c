"""The process that sent a request to the server."""

from __future__ import annotations

import os

import psutil  # type: ignore[import-untyped]  # publishes no types


def client_process(port: int) -> psutil.Process | None:
    """Return the process that has opened a connection from this port; None for this process.

    Raises psutil.Error where the system does not show connections (macOS shows them to the
    superuser only) or if the process has ended.
    """
    found = {
        one.pid for one in psutil.net_connections("tcp") if one.laddr and one.laddr.port == port
    }
    others = found - {None, os.getpid()}
    return psutil.Process(others.pop()) if others else None
