"""Rows of numbers in a file, which are read again in blocks, and sorted in bounded memory."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.float32]
# Rows that are read at once.
BLOCK_ROWS = 2**15
# Rows that are sorted in memory: with 100 columns they and their keys have 100 MiB.
SORTED_ROWS = 2**17
_SIGN = np.uint32(1 << 31)


class RowSpool:
    """Rows of `columns` numbers in the file `path`, 4 bytes each; the file is replaced."""

    def __init__(self, path: Path, *, columns: int) -> None:
        self._path = path
        self.columns = columns
        self.rows = 0
        path.write_bytes(b"")

    def append(self, rows: npt.NDArray[Any]) -> None:
        """Append rows of shape (rows, columns)."""
        with self._path.open("ab") as file:
            np.ascontiguousarray(rows, dtype=np.float32).tofile(file)
        self.rows += len(rows)

    def blocks(self, rows: int | None = None) -> Iterator[Rows]:
        """Yield all rows in their order, at most `rows` of them at once.

        Without rows there is one block of none.
        """
        step = rows or BLOCK_ROWS
        for start in range(0, max(1, self.rows), step):
            yield self._read(start, step)

    def sorted(self) -> "RowSpool":
        """Return the rows by the last column, then by the one before; delete this file.

        Missing values are last. Equal rows are the same to a reader, so the result does not depend
        on the order in which they were appended. The memory is bounded by SORTED_ROWS.
        """
        runs = [
            _Run(self._beside(f"run-{number}"), block)
            for number, block in enumerate(self.blocks(SORTED_ROWS))
        ]
        self._path.unlink()
        result = RowSpool(self._beside("sorted"), columns=self.columns)
        for keys in _merged(runs):
            result.append(_rows(keys, self.columns))
        for run in runs:
            run.delete()
        return result

    def _beside(self, name: str) -> Path:
        return self._path.with_name(f"{self._path.name}-{name}")

    def _read(self, start: int, count: int) -> Rows:
        # Unlike a memory map, the pages of the file do not belong to the memory of this process.
        width = self.columns
        values = np.fromfile(
            self._path, np.float32, min(count, self.rows - start) * width, offset=start * width * 4
        )
        return values.reshape(-1, width)


class _Run:
    """Keys in ascending order in a file, which are read once."""

    def __init__(self, path: Path, rows: Rows) -> None:
        keys = np.sort(_keys(rows))
        keys.tofile(path)
        self._path, self._dtype, self._left = path, keys.dtype, len(keys)
        self._offset = 0
        self.head = np.empty(0, keys.dtype)

    def fill(self, size: int) -> None:
        """Read keys until `head` has `size` of them, or until the end of the file."""
        missing = min(size - len(self.head), self._left)
        if missing > 0:
            read = np.fromfile(self._path, self._dtype, missing, offset=self._offset)
            self.head = np.concatenate([self.head, read])
            self._left -= missing
            self._offset += read.nbytes

    @property
    def has_more(self) -> bool:
        """Whether the file has keys after `head`."""
        return self._left > 0

    def take(self, limit: Any | None) -> npt.NDArray[Any]:
        """Remove and return the keys of `head` up to `limit`; all without a limit."""
        end = len(self.head)
        if limit is not None:
            end = int(np.searchsorted(self.head, limit, side="right"))
        taken, self.head = self.head[:end], self.head[end:]
        return taken

    def delete(self) -> None:
        """Delete the file."""
        self._path.unlink()


def _merged(runs: list[_Run]) -> Iterator[npt.NDArray[Any]]:
    """Yield the keys of all runs in ascending order."""
    size = max(1, SORTED_ROWS // max(1, len(runs)))
    while True:
        for run in runs:
            run.fill(size)
        # No key in the rest of a file is smaller than the last one that was read of it.
        ends = [run.head[-1:] for run in runs if run.has_more]
        limit = np.sort(np.concatenate(ends))[0] if ends else None
        taken = np.concatenate([run.take(limit) for run in runs]) if runs else ()
        if not len(taken):
            return
        yield np.sort(taken)


def _keys(rows: Rows) -> npt.NDArray[Any]:
    """Rows as bytes, whose order is that of the rows by the last column, then the one before.

    The bits of a positive number, read as a whole number, have the order of the numbers. Those of a
    negative one have the opposite order.
    """
    # -0.0 and 0.0 are the same number, which is 0.0 after the addition.
    bits = np.ascontiguousarray(rows[:, ::-1] + np.float32(0)).view(np.uint32)
    ordered = np.where(bits & _SIGN, ~bits, bits | _SIGN)
    return np.ascontiguousarray(ordered.astype(">u4")).view(f"S{rows.shape[1] * 4}")[:, 0]


def _rows(keys: npt.NDArray[Any], columns: int) -> Rows:
    """The rows of keys, the inverse of `_keys`."""
    ordered = keys.view(">u4").reshape(-1, columns).astype(np.uint32)
    bits = np.where(ordered & _SIGN, ordered & ~_SIGN, ~ordered)
    return bits.view(np.float32)[:, ::-1]
