"""The latest statements of a warehouse, for STL_QUERY and SYS_QUERY_HISTORY."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from local_cloud.redshift.statement_errors import CANCELLED, StatementFailed

_KEPT = 1000


def now() -> datetime:
    """Return the current time in UTC, without a zone, as the system tables show times."""
    return datetime.now(UTC).replace(tzinfo=None)


@dataclass
class HistoryEntry:
    """A statement. `ended`, `error` and `rows` are set when the statement ends."""

    id: int
    user: str
    database: str
    text: str
    kind: str
    label: str
    started: datetime = field(default_factory=now)
    ended: datetime | None = None
    error: str = ""
    rows: int = 0

    @property
    def status(self) -> str:
        """The status: `running`, `success`, `failed` or `canceled`."""
        if self.ended is None:
            return "running"
        if not self.error:
            return "success"
        return "canceled" if self.error == CANCELLED else "failed"


class QueryHistory:
    """The latest statements of a cluster, oldest first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: deque[HistoryEntry] = deque(maxlen=_KEPT)
        self._last_id = 0

    @contextmanager
    def recorded(
        self, text: str, kind: str, *, user: str, database: str, label: str
    ) -> Iterator[HistoryEntry]:
        """Record a statement that runs within this context, and its end."""
        with self._lock:
            self._last_id += 1
            entry = HistoryEntry(self._last_id, user, database, text, kind, label)
            self._entries.append(entry)
        try:
            yield entry
        except StatementFailed as failure:
            entry.error = failure.message
            raise
        finally:
            entry.ended = now()

    def entries(self) -> list[HistoryEntry]:
        """Return the statements, oldest first."""
        with self._lock:
            return list(self._entries)
