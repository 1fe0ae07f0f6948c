"""The environments that stacks/environments.py declares, synthesised once per process."""

from __future__ import annotations

from contextlib import suppress
from functools import cache

from stacks.config import ConfigurationError, Environment
from stacks.environments import ENVIRONMENTS
from tests.synthesis import Synthesised, parts, synthesise


def _valid() -> dict[str, Environment]:
    found = {}
    for name in ENVIRONMENTS:
        with suppress(ConfigurationError):
            found[name] = ENVIRONMENTS[name]
    return found


# For an environment with an error, test_each_is_found_by_its_name fails with the error.
VALID = _valid()
STACKS = tuple((name, part) for name, each in VALID.items() for part in parts(each))


@cache
def declared(name: str) -> Synthesised:
    """Return a declared environment by its name."""
    return synthesise(ENVIRONMENTS[name])
