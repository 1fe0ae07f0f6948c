"""The templates of environments, by the names of their stacks."""

from __future__ import annotations

from tests.application.synthesised import synthesised
from tests.permissions.names import Templates
from tests.synthesis import Synthesised

# The fixed environments whose calls are recorded: each kind of warehouse has its own functions.
RECORDED = ("basic", "serverless")


def templates(name: str) -> Templates:
    """The templates of the fixed environment of that name."""
    return templates_of(synthesised(name))


def templates_of(made: Synthesised) -> Templates:
    """The templates of a synthesised environment."""
    return Templates(
        {f"redline-{made.environment.name}-{part}": body for part, body in made.templates.items()}
    )
