"""Compares definitions with golden texts, which a person reads and commits."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

ACTUAL = Path(__file__).parents[2] / ".build" / "golden"


def as_text(body: dict[str, Any]) -> str:
    """Convert a definition to the format of golden files."""
    return json.dumps(body, indent=2, ensure_ascii=False) + "\n"


def check_golden(text: str, golden: Path) -> None:
    """Fail unless `golden` contains this text; the error names the file with the new text."""
    if text == golden.read_text():
        return
    actual = ACTUAL / golden.name
    actual.parent.mkdir(parents=True, exist_ok=True)
    actual.write_text(text)
    pytest.fail(f"if {actual} is what you want, copy it to {golden}")
