"""The time that a function has left for its work."""

from __future__ import annotations

from typing import Any

RESPONSE_SECONDS = 20  # reserved for cancelling a statement and sending the response


def seconds_left(context: Any) -> float:
    """Return the seconds left for the work. `context` is Lambda's context object."""
    return float(context.get_remaining_time_in_millis() / 1000 - RESPONSE_SECONDS)
