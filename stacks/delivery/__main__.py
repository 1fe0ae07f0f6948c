"""Prints the workflow of GitHub Actions: `python -m stacks.delivery`."""

from __future__ import annotations

from stacks.delivery.declaration import DELIVERY
from stacks.delivery.stages import STAGES
from stacks.delivery.workflow import workflow

if __name__ == "__main__":
    print(workflow(DELIVERY, STAGES), end="")
