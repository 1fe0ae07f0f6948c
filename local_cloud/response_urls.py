"""Where custom resources put their answers: the ResponseURL that CloudFormation hands out."""

from __future__ import annotations

import threading
import uuid

PATH = "/_laptop/responses/"


class ResponseUrls:
    """One slot for each answer that is waited for; an answer may come from any process."""

    def __init__(self) -> None:
        self._answers: dict[str, bytes] = {}
        self._open: set[str] = set()
        self._changed = threading.Condition()

    def open(self) -> str:
        """A new slot, by its token."""
        token = uuid.uuid4().hex
        with self._changed:
            self._open.add(token)
        return token

    def put(self, token: str, answer: bytes) -> bool:
        """Keep the answer; False where nobody waits (any more)."""
        with self._changed:
            if token not in self._open:
                return False
            self._answers[token] = answer
            self._changed.notify_all()
            return True

    def has(self, token: str) -> bool:
        """Whether the answer is there."""
        with self._changed:
            return token in self._answers

    def wait(self, token: str, timeout_seconds: float) -> bool:
        """Wait for the answer; False when the time is over."""
        with self._changed:
            return self._changed.wait_for(lambda: token in self._answers, timeout_seconds)

    def close(self, token: str) -> bytes | None:
        """Take the answer, if any, and close the slot."""
        with self._changed:
            self._open.discard(token)
            return self._answers.pop(token, None)


RESPONSE_URLS = ResponseUrls()
