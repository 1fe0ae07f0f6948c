"""The words from which the generator creates names of people, places and shows."""

import json
from functools import cache
from pathlib import Path


@cache
def words(kind: str) -> list[str]:
    """Return the words of a kind (such as first_names) of words.json; cities include the state."""
    found: dict[str, list[str]] = json.loads(Path(__file__).with_name("words.json").read_text())
    return found[kind]
