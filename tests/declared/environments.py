"""The environments that stacks/environments.py declares, synthesised once per process."""

from __future__ import annotations

from functools import cache

from stacks.environments import ENVIRONMENTS
from tests.synthesis import Synthesised, parts, synthesise

STACKS = tuple((name, part) for name, each in ENVIRONMENTS.items() for part in parts(each))


@cache
def declared(name: str) -> Synthesised:
    """Return a declared environment by its name."""
    return synthesise(ENVIRONMENTS[name])
