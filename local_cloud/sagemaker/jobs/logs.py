"""What a job prints goes to CloudWatch Logs while it runs."""

from __future__ import annotations

import logging
import os
import select
import time
from collections.abc import Callable, Iterator
from typing import IO, Any

from botocore.exceptions import ClientError

_FLUSH_SECONDS = 0.25
_CHUNK_BYTES = 65536
# PutLogEvents takes 10,000 events and 1 MB a call.
_MAX_EVENTS = 500
_MAX_EVENT_CHARACTERS = 2000

logger = logging.getLogger(__name__)


class LogStream:
    """One stream of a job's log group, written with the credentials of the job's role.

    `observe` is shown every line.

    A role that may not write logs leaves none on AWS, and the job runs on: so here too, with a
    line in the server's own log.
    """

    def __init__(
        self, client: Any, *, group: str, name: str, observe: Callable[[str], None]
    ) -> None:
        self._client = client
        self._observe = observe
        self._group = group
        self._name = name
        self._is_allowed = True
        self._is_made = False

    def copy(self, pipe: IO[bytes]) -> None:
        """Send every line of the pipe until it ends; the pipe is always read to its end."""
        self._attempt(self._create)
        for lines in _batches(pipe):
            for line in lines:
                self._observe(line)
            self._attempt(lambda lines=lines: self._put(lines))

    def write(self, lines: list[str]) -> None:
        """Send lines that are no process's own; the first ones make the stream."""
        if not self._is_made:
            self._attempt(self._create)
        self._attempt(lambda: self._put(lines))

    def _attempt(self, action: Any) -> None:
        if not self._is_allowed:
            return
        try:
            action()
        except ClientError as error:
            logger.warning("No log for %s: %s", self._name, error)
            self._is_allowed = False

    def _create(self) -> None:
        self._is_made = True
        try:
            self._create_stream()
        except self._client.exceptions.ResourceNotFoundException:
            self._create_group()
            self._create_stream()

    def _create_stream(self) -> None:
        self._client.create_log_stream(logGroupName=self._group, logStreamName=self._name)

    def _create_group(self) -> None:
        try:
            self._client.create_log_group(logGroupName=self._group)
        except self._client.exceptions.ResourceAlreadyExistsException:
            return  # another host of the job was first

    def _put(self, lines: list[str]) -> None:
        now = int(time.time() * 1000)
        for start in range(0, len(lines), _MAX_EVENTS):
            chunk = lines[start : start + _MAX_EVENTS]
            # An empty message is refused by PutLogEvents.
            events = [{"timestamp": now, "message": line or " "} for line in chunk]
            self._client.put_log_events(
                logGroupName=self._group, logStreamName=self._name, logEvents=events
            )


def _batches(pipe: IO[bytes]) -> Iterator[list[str]]:
    """Whole lines, gathered for `_FLUSH_SECONDS` at most."""
    rest, lines, sent = b"", list[str](), time.monotonic()
    while (chunk := _read(pipe.fileno(), wait=_FLUSH_SECONDS if lines else None)) != b"":
        *whole, rest = (rest + (chunk or b"")).split(b"\n")
        lines += map(_text, whole)
        if lines and time.monotonic() - sent >= _FLUSH_SECONDS:
            yield lines
            lines, sent = [], time.monotonic()
    if rest:
        lines.append(_text(rest))
    if lines:
        yield lines


def _read(descriptor: int, wait: float | None) -> bytes | None:
    """What has come; None when nothing came in `wait` seconds; empty at the end."""
    ready, _, _ = select.select([descriptor], [], [], wait)
    return os.read(descriptor, _CHUNK_BYTES) if ready else None


def _text(line: bytes) -> str:
    return line.decode(errors="replace").rstrip("\r")[:_MAX_EVENT_CHARACTERS]
