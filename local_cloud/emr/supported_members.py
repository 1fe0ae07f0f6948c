"""Requests contain only members that the laptop cloud applies, or that do not change results."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def unsupported_member(path: str, given: Mapping[str, Any], known: frozenset[str]) -> str | None:
    """Return the reason why a request is rejected, or None. `path` is that of `given`, or empty."""
    unknown = sorted(name for name in set(given) - known if given[name])
    if not unknown:
        return None
    return (
        f"{path}{unknown[0]} is not supported by the laptop cloud; supported: "
        f"{', '.join(sorted(known))}"
    )
