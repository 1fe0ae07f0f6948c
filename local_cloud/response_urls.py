"""Receives the responses of custom resources at the ResponseURL of their requests."""

from __future__ import annotations

import threading
import uuid

PATH = "/_laptop/responses/"


class ResponseUrls:
    """One slot for each expected response, which any process may send."""

    def __init__(self) -> None:
        self._answers: dict[str, bytes] = {}
        self._open: set[str] = set()
        self._changed = threading.Condition()

    def open(self) -> str:
        """Create a slot and return its token."""
        token = uuid.uuid4().hex
        with self._changed:
            self._open.add(token)
        return token

    def put(self, token: str, answer: bytes) -> bool:
        """Store the response. Return False if the slot was never created or is already removed."""
        with self._changed:
            if token not in self._open:
                return False
            self._answers[token] = answer
            self._changed.notify_all()
            return True

    def has(self, token: str) -> bool:
        """Return whether the response has arrived."""
        with self._changed:
            return token in self._answers

    def wait(self, token: str, timeout_seconds: float) -> bool:
        """Wait for the response. Return False on a time-out."""
        with self._changed:
            return self._changed.wait_for(lambda: token in self._answers, timeout_seconds)

    def close(self, token: str) -> bytes | None:
        """Remove the slot and return its response, if any."""
        with self._changed:
            self._open.discard(token)
            return self._answers.pop(token, None)


RESPONSE_URLS = ResponseUrls()
