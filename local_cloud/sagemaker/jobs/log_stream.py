"""Sends the output of a running job to CloudWatch Logs."""

from __future__ import annotations

import logging
import os
import select
import time
from collections.abc import Callable, Iterator
from typing import IO, Any

from botocore.exceptions import BotoCoreError, ClientError

from local_cloud.transient_errors import is_transient

_FLUSH_SECONDS = 0.25
_CHUNK_BYTES = 65536
# The limits of PutLogEvents are 10,000 events and 1 MB per call.
_MAX_EVENTS = 500
# The maximum number of lines that are kept while CloudWatch Logs fails.
_MAX_UNSENT = 10_000
_MAX_EVENT_CHARACTERS = 2000

logger = logging.getLogger(__name__)


class LogStream:
    """A stream of a job's log group, written with the credentials of the job's role.

    `observe` receives each line.

    As on AWS, a job whose role may not write logs runs without logs. The server logs a warning.
    Rejected lines are sent again with the next lines, and once more at the end of the output.
    """

    def __init__(
        self, client: Any, *, group: str, name: str, observe: Callable[[str], None]
    ) -> None:
        self._client = client
        self._observe = observe
        self._group = group
        self._name = name
        self._is_allowed = True
        self._is_created = False
        self._unsent: list[str] = []

    def copy(self, pipe: IO[bytes]) -> None:
        """Send all lines of the pipe. The pipe is always read completely."""
        self.write([])
        for lines in _batches(pipe):
            for line in lines:
                self._observe(line)
            self.write(lines)
        if self._unsent:
            self.write([])

    def write(self, lines: list[str]) -> None:
        """Send lines. The first call also creates the stream, even without lines."""
        if not self._is_allowed:
            return
        self._unsent = (self._unsent + lines)[-_MAX_UNSENT:]
        try:
            self._send()
        except (BotoCoreError, ClientError) as error:
            logger.warning("No log for %s: %s", self._name, error)
            self._is_allowed = is_transient(error)

    def _send(self) -> None:
        """Send the unsent lines. Create the stream if it does not exist or was deleted."""
        if not self._is_created:
            self._create()
        try:
            self._put_unsent()
        except self._client.exceptions.ResourceNotFoundException:
            self._create()
            self._put_unsent()

    def _create(self) -> None:
        try:
            self._create_stream()
        except self._client.exceptions.ResourceNotFoundException:
            self._create_group()
            self._create_stream()
        self._is_created = True

    def _create_stream(self) -> None:
        try:
            self._client.create_log_stream(logGroupName=self._group, logStreamName=self._name)
        except self._client.exceptions.ResourceAlreadyExistsException:
            return  # An earlier call created the stream, but its response was lost.

    def _create_group(self) -> None:
        try:
            self._client.create_log_group(logGroupName=self._group)
        except self._client.exceptions.ResourceAlreadyExistsException:
            return  # Another host of the job created the group.

    def _put_unsent(self) -> None:
        now = int(time.time() * 1000)
        while self._unsent:
            # PutLogEvents rejects empty messages.
            lines = [line or " " for line in self._unsent[:_MAX_EVENTS]]
            events = [{"timestamp": now, "message": line} for line in lines]
            self._client.put_log_events(
                logGroupName=self._group, logStreamName=self._name, logEvents=events
            )
            del self._unsent[: len(lines)]


def _batches(pipe: IO[bytes]) -> Iterator[list[str]]:
    """Yield lists of complete lines, each list after at most `_FLUSH_SECONDS`."""
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
    """Return the available bytes. None after `wait` seconds without bytes, empty at the end."""
    ready, _, _ = select.select([descriptor], [], [], wait)
    return os.read(descriptor, _CHUNK_BYTES) if ready else None


def _text(line: bytes) -> str:
    return line.decode(errors="replace").rstrip("\r")[:_MAX_EVENT_CHARACTERS]
