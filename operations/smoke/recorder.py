"""Records every call of boto3's clients as lines of JSON, without secrets and account IDs.

A line has `service`, `operation`, `request`, `response` or `error`, `status` (of HTTP; null if no
response arrived), `seconds` and `count`: the number of consecutive calls with the same request and
the same result. Stacks of other applications in the account are left out.
"""

from __future__ import annotations

import io
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from botocore.response import StreamingBody

from operations.smoke.redaction import redact, redact_text

_KEY = "redline-smoke"
_MAX_BYTES = 65_536  # longer contents are recorded as their size
_LISTED_STACKS = ("Stacks", "StackSummaries")
_BOOTSTRAP_STACK = "CDKToolkit"


class Recorder:
    """Writes the calls of the clients of a session to the file of the current phase.

    `prefix` is that of the names of the recorded stacks.
    """

    def __init__(self, prefix: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._prefix = prefix
        self._clock = clock
        self._lock = threading.Lock()  # uploads call from several threads
        self._file: io.TextIOBase | None = None
        self._pending: dict[str, Any] | None = None

    def attach(self, events: Any) -> None:
        """Record the clients that the session of these `events` creates from now on."""
        events.register_last("before-parameter-build", self._begin)
        events.register_last("after-call", self._end)
        events.register_last("after-call-error", self._fail)

    @contextmanager
    def recording(self, path: Path) -> Iterator[None]:
        """Write the calls to `path`; outside of this context nothing is recorded."""
        with path.open("w", encoding="utf-8") as self._file:
            try:
                yield
            finally:
                with self._lock:
                    self._write()
                    self._file = None

    def _begin(self, params: Any, model: Any, context: dict[str, Any], **_: Any) -> None:
        call = {
            "service": model.service_model.service_name,
            "operation": model.name,
            "request": redact(_plain(params), model.input_shape),
        }
        context[_KEY] = (call, self._clock())

    def _end(
        self,
        http_response: Any,
        parsed: dict[str, Any],
        model: Any,
        context: dict[str, Any],
        **_: Any,
    ) -> None:
        status = http_response.status_code
        result = _plain(_read_streams(parsed))
        result.pop("ResponseMetadata", None)
        for name in _LISTED_STACKS:
            if name in result:
                result[name] = [each for each in result[name] if self._is_own(each["StackName"])]
        # As in botocore. A response may have a member "Error": that of DescribeStatement has.
        if status >= 300:
            self._add(context, error=redact(result), status=status)
        else:
            self._add(context, response=redact(result, model.output_shape), status=status)

    def _is_own(self, stack: str) -> bool:
        return stack == _BOOTSTRAP_STACK or stack.startswith(self._prefix)

    def _fail(self, exception: Exception, context: dict[str, Any], **_: Any) -> None:
        message = redact_text(f"{type(exception).__name__}: {exception}")
        self._add(context, error={"Error": {"Message": message}}, status=None)

    def _add(self, context: dict[str, Any], **result: Any) -> None:
        request, started = context.pop(_KEY)
        call = {**request, **result}
        seconds = round(self._clock() - started, 3)
        with self._lock:
            if self._file is None:
                return
            if self._pending is not None and call.items() <= self._pending.items():
                self._pending["count"] += 1
                return
            self._write()
            self._pending = {**call, "seconds": seconds, "count": 1}

    def _write(self) -> None:
        """Write the last call, to which no equal call can be added any more."""
        if self._pending is not None and self._file is not None:
            self._file.write(json.dumps(self._pending) + "\n")
            self._file.flush()
        self._pending = None


def _read_streams(parsed: dict[str, Any]) -> dict[str, Any]:
    """Return the response with the contents of its streams. `parsed` receives unread copies."""
    contents = {
        name: each.read() for name, each in parsed.items() if isinstance(each, StreamingBody)
    }
    for name, content in contents.items():
        parsed[name] = StreamingBody(io.BytesIO(content), len(content))
    return {**parsed, **contents}


def _plain(value: Any) -> Any:
    """Return the JSON document of a value: times as ISO text, contents as text or as their size."""
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes | bytearray):
        return _content(bytes(value))
    return value if value is None or isinstance(value, str | int | float) else "<stream>"


def _content(content: bytes) -> str:
    if len(content) <= _MAX_BYTES:
        try:
            return content.decode()
        except UnicodeDecodeError:
            pass
    return f"<{len(content)} bytes>"
