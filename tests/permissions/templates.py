"""The templates of environments, by stack name."""

from __future__ import annotations

from tests.application.synthesised import synthesised
from tests.permissions.names import Templates
from tests.synthesis import Synthesised

# The fixed environments whose calls are recorded: each kind of warehouse has its own functions.
RECORDED = ("basic", "serverless")


def templates(name: str) -> Templates:
    """Return the templates of a fixed environment by its name."""
    return templates_of(synthesised(name))


def templates_of(made: Synthesised) -> Templates:
    """Return the templates of a synthesised environment."""
    return Templates(
        {f"redline-{made.environment.name}-{part}": body for part, body in made.templates.items()}
    )
