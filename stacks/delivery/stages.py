"""The stages between a commit and production, as one list.

The pipeline in the tools account and the workflow on GitHub are both rendered from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Literal

# What the commands of a stage may do in the account of their environment: change its stacks, read
# them, or use what they contain.
Access = Literal["deploy", "review", "use"]
# Synthesis, the CDK CLI and the client, without the packages of the laptop cloud.
_CLIENT = "make .venv/.installed-synth"


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Commands in a checkout of the commit, or an approval by a person.

    Commands of an environment have its role for `access`; other commands have no access to it.
    `approval` is what the person decides.
    """

    name: str
    commands: tuple[str, ...] = ()
    environment: str = ""
    access: Access = "deploy"
    approval: str = ""

    @property
    def grant(self) -> str:
        """The environment and the access, such as `prod-deploy`; empty without an environment."""
        return f"{self.environment}-{self.access}" if self.environment else ""


def by_environment(stages: Sequence[Stage]) -> Iterator[tuple[str, list[Stage]]]:
    """Yield consecutive stages that concern one environment, with its name.

    An approval concerns the environment of the stage after it. A stage without an environment is
    alone, with its own name.
    """
    following = (*stages[1:], Stage(name=""))
    names = [
        (later.environment if stage.approval else stage.environment) or stage.name
        for stage, later in zip(stages, following, strict=True)
    ]
    for name, each in groupby(zip(names, stages, strict=True), key=itemgetter(0)):
        yield name, [stage for _, stage in each]


STAGES = (
    Stage(name="checks", commands=("make test",)),
    Stage(name="synthesis", commands=tuple(f"make synth ENV={n}" for n in ("staging", "prod"))),
    Stage(name="dev", environment="dev", commands=("make deploy ENV=dev",)),
    Stage(
        name="smoke-dev",
        environment="dev",
        access="use",
        commands=(_CLIENT, ".venv/bin/redline --env dev start tickit"),
    ),
    Stage(name="staging", environment="staging", commands=("make deploy ENV=staging",)),
    Stage(
        name="smoke-staging",
        environment="staging",
        access="use",
        commands=(
            _CLIENT,
            ".venv/bin/redline --env staging predict tickit "
            "pipeline_code/tickit/sample_data/requests.csv",
        ),
    ),
    # A change set would need the role that deploys, and this code is not approved yet.
    Stage(
        name="review",
        environment="prod",
        access="review",
        commands=("CDK_METHOD=template make diff ENV=prod",),
    ),
    Stage(
        name="approval",
        approval="Deploy this commit to prod? The log of the stage review shows the changes and "
        "the monthly cost. The code of this commit prints it: read the changes of files, too.",
    ),
    Stage(name="prod", environment="prod", commands=("make deploy ENV=prod",)),
)
