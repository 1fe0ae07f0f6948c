"""The output of commands: text, or one JSON document."""

from __future__ import annotations

import json
from typing import Any

from rich.console import Console


def show(document: Any, *, text: str, as_json: bool) -> None:
    """Print `document` as JSON, or `text`."""
    if as_json:
        print(json.dumps(document, indent=2, default=str))
    else:
        Console(highlight=False, soft_wrap=True).print(text, markup=False)
