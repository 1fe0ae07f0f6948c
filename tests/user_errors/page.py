"""The table of docs/user-errors.md, from the planted errors and their messages."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.user_errors.planted import PLANTED
from tests.user_errors.reports import message_of, where


def table() -> str:
    """Return the rows: the file, the mistake, the command that finds it, and the message."""
    lines = ["| in | mistake | found by | message |", "|---|---|---|---|"]
    for planted in PLANTED:
        with tempfile.TemporaryDirectory() as folder:
            message = message_of(planted, Path(folder))
            shown = _plain(message, Path(folder))
        lines.append(f"| {planted.area} | {planted.mistake} | {where(planted.area)} | {shown} |")
    return "\n".join(lines)


def _plain(message: str, folder: Path) -> str:
    """Return a message for a table, without the folders of this machine."""
    text = message.replace(f"{folder}/", "").replace(f"{Path(__file__).parents[2]}/", "")
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
