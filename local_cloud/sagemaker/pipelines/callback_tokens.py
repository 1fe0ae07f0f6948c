"""Tokens of Callback steps, and their results."""

from __future__ import annotations

import random
import string
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from local_cloud.sagemaker.exceptions import ResourceNotFound

_TOKEN_CHARACTERS = 10


@dataclass
class Callback:
    """A token that was sent to a queue. `answered` is set when the wait has ended.

    `outputs` are the outputs of a success, else None. `reason` is the reason of a failure.
    """

    token: str
    execution_arn: str
    answered: threading.Event = field(default_factory=threading.Event)
    outputs: Mapping[str, str] | None = None
    reason: str = ""


class Callbacks:
    """The callbacks of one account and region. Each accepts one result."""

    def __init__(self) -> None:
        self._waiting: dict[str, Callback] = {}
        self._lock = threading.Lock()

    @contextmanager
    def opened(self, execution_arn: str) -> Iterator[Callback]:
        """Create a callback with a new token, which is valid within this context."""
        characters = random.choices(string.ascii_letters + string.digits, k=_TOKEN_CHARACTERS)
        callback = Callback("".join(characters), execution_arn)
        with self._lock:
            self._waiting[callback.token] = callback
        try:
            yield callback
        finally:
            with self._lock:
                self._waiting.pop(callback.token, None)

    def succeed(self, token: str, outputs: Mapping[str, str]) -> str:
        """Perform SendPipelineExecutionStepSuccess. Return the ARN. Raises `ResourceNotFound`."""
        callback = self._take(token)
        callback.outputs = outputs
        callback.answered.set()
        return callback.execution_arn

    def fail(self, token: str, reason: str) -> str:
        """Perform SendPipelineExecutionStepFailure. Return the ARN. Raises `ResourceNotFound`."""
        callback = self._take(token)
        callback.reason = reason
        callback.answered.set()
        return callback.execution_arn

    def execution_of(self, token: str) -> str | None:
        """Return the ARN of the execution that waits for a token, or None."""
        with self._lock:
            callback = self._waiting.get(token)
        return None if callback is None else callback.execution_arn

    def close(self) -> None:
        """End all waits, because the laptop cloud stops."""
        with self._lock:
            waiting = list(self._waiting.values())
            self._waiting.clear()
        for callback in waiting:
            callback.reason = "The laptop cloud has ended."
            callback.answered.set()

    def _take(self, token: str) -> Callback:
        with self._lock:
            callback = self._waiting.pop(token, None)
        if callback is None:
            raise ResourceNotFound(f"No callback step waits for the token {token!r}.")
        return callback
