"""The templates of the laptop's environment."""

from __future__ import annotations

from tests.permissions.names import Templates
from tests.unit.stacks.synthesised import synthesised


def templates(environment: str = "local") -> Templates:
    """The templates of an environment by the names of their stacks."""
    made = synthesised(environment).templates
    return Templates({f"redline-{environment}-{part}": body for part, body in made.items()})
