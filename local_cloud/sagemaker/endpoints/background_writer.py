"""Writes metrics, captured requests and features in the background, about once a second."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from botocore.exceptions import BotoCoreError, ClientError

logger = logging.getLogger(__name__)

_SECONDS = 1.0


class BackgroundWriter:
    """Calls all `tasks` once a second in a thread that runs from `start` to `close`."""

    def __init__(self, tasks: list[Callable[[], None]]) -> None:
        self._tasks = tasks
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread; no-op if it has started."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="endpoints", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Stop the thread and write the remaining data."""
        self._closing.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._closing.wait(_SECONDS):
            self._write()
        self._write()

    def _write(self) -> None:
        for task in self._tasks:
            try:
                task()
            except (BotoCoreError, ClientError) as error:
                logger.warning("Data were not written: %s", error)
            except Exception:
                # The thread must continue: the other tasks, and this one a second later.
                logger.exception("Data were not written")
