"""The verified signature and the origin of the request that this thread handles."""

from __future__ import annotations

import threading
from dataclasses import dataclass


@dataclass(frozen=True)
class Signature:
    """The credentials in the signature of a request: in the headers, or in a presigned URL."""

    access_key: str
    region: str
    service: str
    token: str | None


class _Caller(threading.local):
    signature: Signature | None = None
    port: int | None = None


_CALLER = _Caller()


def caller_signature() -> Signature | None:
    """Return the verified signature of this thread's request; None if it is unsigned."""
    return _CALLER.signature


def caller_port() -> int | None:
    """Return the port from which this thread's request was sent, if the server knows it."""
    return _CALLER.port


def set_caller(signature: Signature | None, port: int | None = None) -> None:
    """Start a request with this signature. A thread handles one request after the other."""
    _CALLER.signature, _CALLER.port = signature, port
