"""The words of which the generator makes names of people, places and shows."""

import json
from functools import cache
from pathlib import Path


@cache
def words(kind: str) -> list[str]:
    """The words of a kind, such as first_names, from words.json; cities end with their state."""
    found: dict[str, list[str]] = json.loads(Path(__file__).with_name("words.json").read_text())
    return found[kind]
