"""The output of commands: text, or one JSON document."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.segment import Segments
from rich.table import Table
from rich.tree import Tree


def show(document: Any, *, text: str, as_json: bool) -> None:
    """Print `document` as JSON, or `text`."""
    if as_json:
        print(json.dumps(document, indent=2, default=_json_text))
    else:
        Console(highlight=False, soft_wrap=True).print(text, markup=False)


def _json_text(value: Any) -> str:
    """Return the text of a value that JSON does not have: times in ISO 8601."""
    return value.isoformat() if isinstance(value, datetime) else str(value)


def print_table(shown: Table | Tree, console: Console) -> None:
    """Print a table or a tree in its full width: rich cuts the values in a narrow terminal."""
    unlimited = console.options.update(max_width=sys.maxsize)
    width = shown.__rich_measure__(console, unlimited).maximum
    segments = console.render(shown, console.options.update(width=max(width, console.width)))
    console.print(Segments(segments), crop=False, end="")


def print_rows(
    names: Sequence[str], rows: Iterable[Sequence[str]], *, table: Table | None = None
) -> None:
    """Print a table, or one block per row if the table is wider than the terminal.

    No value is cut, because users copy names and identifiers from the output. Control characters,
    which could control the terminal, are escaped. `table` is an empty
    table with another style.
    """
    console = Console(highlight=False, markup=False)
    names, texts = list(map(visible, names)), [list(map(visible, row)) for row in rows]
    filled = _filled(table or Table(box=None, pad_edge=False), names, texts)
    unlimited = console.options.update(max_width=sys.maxsize)
    if len(names) == 1 or filled.__rich_measure__(console, unlimited).maximum <= console.width:
        console.print(filled)
        return
    for number, row in enumerate(texts, 1):
        console.print(_block(number, names, row))


def counted(number: int, noun: str) -> str:
    """Return `1 row`, `2 rows`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def utc(moment: datetime) -> str:
    """Return a time in UTC, as schedules are; clients of AWS have times of this machine's zone."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def visible(text: str) -> str:
    """Escape control characters, except line breaks."""
    return "".join(
        sign if sign.isprintable() or sign == "\n" else repr(sign)[1:-1] for sign in text
    )


def _filled(table: Table, names: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    for name in names:
        # A value that is too wide continues in the next line instead of being cut off.
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def _block(number: int, names: Sequence[str], row: Sequence[str]) -> Table:
    block = Table.grid(padding=(0, 2))
    block.add_column(overflow="fold")
    block.add_column(overflow="fold")
    block.add_row("row", str(number), style="bold")
    for name, text in zip(names, row, strict=True):
        block.add_row(name, text)
    return block
