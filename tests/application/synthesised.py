"""The fixed environments, synthesised once per process for all tests that read them."""

from __future__ import annotations

from functools import cache

from tests.application.environments import ENVIRONMENTS, FIXED
from tests.synthesis import Synthesised, synthesise


@cache
def synthesised(name: str) -> Synthesised:
    """Return a fixed environment by its name."""
    return synthesise(ENVIRONMENTS[name], **FIXED)
