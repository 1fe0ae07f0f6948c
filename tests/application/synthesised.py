"""The fixed environments, synthesised once a process and shared by all tests that read them."""

from __future__ import annotations

from functools import cache

from tests.application.environments import ENVIRONMENTS, ROOT
from tests.synthesis import Synthesised, synthesise


@cache
def synthesised(name: str) -> Synthesised:
    """The fixed environment of that name."""
    return synthesise(ENVIRONMENTS[name], root=ROOT)
