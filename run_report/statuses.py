"""How the statuses of executions and steps are shown."""

from __future__ import annotations

from html_pages.formats import NOTHING
from html_pages.html import Html, element

_SIGNS = {
    "Succeeded": "✓",
    "Failed": "✗",
    "Stopped": "■",
    "Executing": "▶",
    "Starting": "▶",
    "Stopping": "■",
}


def sign(status: str) -> str:
    """Return the sign of a status."""
    return _SIGNS.get(status, NOTHING)


def state_class(status: str) -> str:
    """Return the class of a status in style.css."""
    return status.lower().replace(" ", "-")


def shown_status(status: str) -> Html:
    """Return the status of an execution with its sign and colour."""
    return element("strong", f"{sign(status)} {status}", class_=f"status {state_class(status)}")
