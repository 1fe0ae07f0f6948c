"""How long a function may still work, so that it can say how its work ended."""

from __future__ import annotations

from typing import Any

ANSWER_SECONDS = 20  # kept back, to stop what was started and to answer


def seconds_left(context: Any) -> float:
    """The seconds that work may still take, of Lambda's `context` of an invocation."""
    return float(context.get_remaining_time_in_millis() / 1000 - ANSWER_SECONDS)
