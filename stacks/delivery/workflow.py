"""The workflow of GitHub Actions with the stages: a job each.

GitHub lets a person approve a job through a rule of the job's environment (required reviewers), so
an approval is no job: it is the rule of the environment of the stage after it.
https://docs.github.com/actions/deployment/targeting-different-environments
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from stacks.delivery.build_specification import PYTHON, VARIABLES
from stacks.delivery.settings import Delivery
from stacks.delivery.stages import Stage

_CHECKOUT = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1"
_PYTHON = "actions/setup-python@5fda3b95a4ea91299a34e894583c3862153e4b97 # v7.0.0"
_CREDENTIALS = (
    "aws-actions/configure-aws-credentials@e6de054238d6b7531b4efff3b6587d9aade6a06c # v6.2.3"
)


def workflow(delivery: Delivery, stages: Sequence[Stage]) -> str:
    """Return the file. It does nothing in a repository without the variable DELIVERY."""
    jobs = [stage for stage in stages if stage.commands]
    needs = {later.name: earlier.name for earlier, later in pairwise(jobs)}
    return "\n".join(
        [
            "# Rendered from stacks/delivery/stages.py by `make workflow`; do not edit.",
            *_approvals(stages),
            "name: delivery",
            "",
            "on:",
            "  push:",
            f"    branches: [{delivery.branch}]",
            "",
            "permissions:",
            "  contents: read",
            "",
            "# A delivery is never interrupted: the next one waits.",
            "concurrency:",
            "  group: delivery",
            "  cancel-in-progress: false",
            "",
            "jobs:",
            "\n\n".join(
                "\n".join(_job(stage, needs.get(stage.name), delivery.region)) for stage in jobs
            ),
            "",
        ]
    )


def _approvals(stages: Sequence[Stage]) -> Iterator[str]:
    for approval, stage in pairwise(stages):
        if approval.approval:
            yield f"# Set required reviewers in the environment {stage.grant}: they approve the"
            yield f"# stage {stage.name}. {approval.approval}"


def _job(stage: Stage, needed: str | None, region: str) -> Iterator[str]:
    yield f"  {stage.name}:"
    yield f"    needs: {needed}" if needed else "    if: vars.DELIVERY == 'enabled'"
    yield "    runs-on: ubuntu-24.04"
    yield "    timeout-minutes: 240"
    if stage.environment:
        yield f"    environment: {stage.grant}"
        yield "    permissions:"
        yield "      contents: read"
        yield "      id-token: write"
    yield "    env:"
    yield from (f"      {name}: {value}" for name, value in VARIABLES.items())
    yield "    steps:"
    yield f"      - uses: {_CHECKOUT}"
    yield "        with:"
    yield "          persist-credentials: false"
    yield f"      - uses: {_PYTHON}"
    yield "        with:"
    yield f'          python-version: "{PYTHON}"'
    if stage.environment:
        yield f"      - uses: {_CREDENTIALS}"
        yield "        with:"
        yield f"          aws-region: {region}"
        yield "          role-to-assume: ${{ vars.DELIVERY_ROLE }}"
        yield "          role-duration-seconds: 14400"
    yield from (f"      - run: {command}" for command in stage.commands)
