"""The verified signature of the request that this thread handles."""

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


_CALLER = _Caller()


def caller_signature() -> Signature | None:
    """Return the verified signature of this thread's request; None if it is unsigned."""
    return _CALLER.signature


def set_caller(signature: Signature | None) -> None:
    """Start a request with this signature. A thread handles one request after the other."""
    _CALLER.signature = signature
