"""The CSV file of a result: all values are quoted, and NULL is an empty field without quotes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

# A field with quotes, or an empty one; then the end of the field.
_FIELD = re.compile(r'(?:"((?:[^"]|"")*)")?(,|\n)')
Texts = Sequence[str | None]


def written(rows: Iterable[Texts]) -> bytes:
    """Return the bytes of the file. The first row is the header."""
    return "".join(",".join(map(_quoted, row)) + "\n" for row in rows).encode()


def read(content: bytes) -> list[list[str | None]]:
    """Return the rows of a file, with the header."""
    rows: list[list[str | None]] = [[]]
    for field in _FIELD.finditer(content.decode()):
        text = field[1]
        rows[-1].append(None if text is None else text.replace('""', '"'))
        if field[2] == "\n":
            rows.append([])
    return rows[:-1]


def _quoted(text: str | None) -> str:
    return "" if text is None else '"' + text.replace('"', '""') + '"'
