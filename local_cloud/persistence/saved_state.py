"""The database of a saved state: one row for each part, replaced in one transaction.

The files of the operating system outlive a killed process, so a commit survives `kill -9` without
waiting for the disk (https://www.sqlite.org/pragma.html#pragma_synchronous).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path

_TABLES = """
    CREATE TABLE IF NOT EXISTS parts (name TEXT PRIMARY KEY, content BLOB NOT NULL);
    CREATE TABLE IF NOT EXISTS operations (stack TEXT NOT NULL);
"""


class SavedState:
    """The saved parts by name, and the stack operations that have started since the last save."""

    def __init__(self, file: Path) -> None:
        file.touch(mode=0o600)
        # The saver and the stack operations never use the connection at the same time.
        self._database = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = NORMAL")
        self._database.executescript(_TABLES)

    def parts(self) -> Iterator[tuple[str, bytes]]:
        """Yield the name and the content of each part."""
        yield from self._database.execute("SELECT name, content FROM parts ORDER BY name")

    def operations(self) -> list[str]:
        """Return the stacks whose operations had started and were not saved."""
        return [stack for (stack,) in self._database.execute("SELECT stack FROM operations")]

    def begin_operation(self, stack: str) -> None:
        """Record that a stack operation begins."""
        self._database.execute("INSERT INTO operations VALUES (?)", (stack,))

    def replace(self, parts: Mapping[str, bytes]) -> None:
        """Replace these parts, and forget the operations, in one transaction."""
        with self._database:
            self._database.execute("BEGIN")
            self._database.executemany("REPLACE INTO parts VALUES (?, ?)", parts.items())
            self._database.execute("DELETE FROM operations")

    def close(self) -> None:
        """Close the database."""
        self._database.close()
