"""The CDK app of delivery: `make delivery`. It is separate from app.py, which is what it delivers.

A delivery is no environment: it has no warehouse and no pipelines, and is in other accounts.
"""

from __future__ import annotations

from stacks.application import new_app
from stacks.config import ConfigurationError
from stacks.declared_environments import declared_environments
from stacks.delivery.application import build_delivery
from stacks.delivery.declaration import DELIVERY
from stacks.delivery.stages import STAGES


def main() -> None:
    """Synthesise the delivery, or print the error in one line."""
    app = new_app()
    try:
        build_delivery(app, DELIVERY, STAGES, declared_environments())
    except ConfigurationError as error:
        raise SystemExit(f"redline: {error}") from None
    app.synth()


if __name__ == "__main__":
    main()
