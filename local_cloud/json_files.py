"""JSON files that only their owner may read, written as a whole or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def read_json(path: Path) -> dict[str, Any] | None:
    """Return the document, or None if there is no file. Raises ValueError for invalid JSON."""
    try:
        document: dict[str, Any] = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    return document


def write_json(path: Path, document: Mapping[str, Any]) -> None:
    """Write the document."""
    # A reader must never see an incomplete file, and other users no file at all.
    draft = path.with_suffix(".draft")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(json.dumps(document, indent=2) + "\n")
    draft.replace(path)
