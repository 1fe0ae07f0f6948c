"""`protection`: what protects the stacks of an environment from changes and deletion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Literal

import typer

from operations import OperationError
from operations.assembly import DEFAULT_FOLDER, Assembly
from operations.environment_clients import EnvironmentClients
from operations.options import Json, Templates
from operations.output import show
from operations.protection import (
    ALLOW_ALL,
    DeployedStack,
    change,
    deletion,
    deployed_stacks,
    lift_protection,
    refused_changes,
    remedy_of_deletion,
    resources_given_up,
    set_protection,
)

HELP = "Show, set or lift what protects the stacks of an environment from changes and deletion."
POLICY = "administrator"
EXAMPLES = (
    "redline --env prod protection show",
    "redline --env prod protection lift tickit",
    "redline --env prod protection set",
)
ALL = "all"
Action = Literal["show", "set", "lift", "check-deploy", "check-destroy"]


@dataclass(frozen=True)
class Outcome:
    """The stacks that an action is about, what it prints, and the exit code."""

    stacks: Sequence[DeployedStack | str]
    text: str
    code: int = 0


def run(
    aws: EnvironmentClients,
    action: Annotated[
        Action,
        typer.Argument(
            help="set: protect the stacks as their templates say; lift: allow changes and deletion "
            "of STACK; check-…: exit code 1 if the protection refuses a deployment or a destruction"
        ),
    ] = "show",
    stack: Annotated[
        str, typer.Argument(metavar="STACK", help=f"A stack, such as tickit, or {ALL}.")
    ] = "",
    *,
    app: Templates = DEFAULT_FOLDER,
    as_json: Json = False,
) -> int:
    """Perform the action. Return 1 if the protection refuses what `check-…` checks."""
    if bool(stack) != (action == "lift"):
        raise OperationError(
            f"protection {action} {stack}".rstrip()
            + f": allowed is a stack, or {ALL}, after `lift` only; correct the command"
        )
    done = _perform(aws, action, stack, app)
    document = [each if isinstance(each, str) else asdict(each) for each in done.stacks]
    show(document, text=done.text, as_json=as_json)
    return done.code


def _perform(aws: EnvironmentClients, action: Action, stack: str, app: Path) -> Outcome:
    match action:
        case "show":
            return _shown(aws, deployed_stacks(aws))
        case "lift":
            return _lifted(aws, stack)
        case "check-destroy":
            return _checked_destruction(aws)
    assembly = Assembly.read(app, prefix=aws.prefix, region=aws.region)
    return _set(aws, assembly) if action == "set" else _checked_deployment(aws, assembly)


def _shown(aws: EnvironmentClients, stacks: list[DeployedStack]) -> Outcome:
    lines = [f"{aws.short(each.name)}: {_described(each)}" for each in stacks]
    return Outcome(stacks, "\n".join(lines) or f"No stack of {aws.name} exists.")


def _described(stack: DeployedStack) -> str:
    parts = [
        "cannot be deleted" if stack.is_kept else "can be deleted",
        *(f"{each} cannot be changed" for each in stack.unchangeable),
        *([] if stack.policy == ALLOW_ALL else ["its stack policy refuses some changes"]),
    ]
    return "; ".join(parts)


def _set(aws: EnvironmentClients, assembly: Assembly) -> Outcome:
    changed = set_protection(aws, assembly)
    names = ", ".join(map(aws.short, changed))
    text = f"Protected as the templates say: {names}." if changed else "No protection to change."
    return Outcome(changed, text)


def _lifted(aws: EnvironmentClients, stack: str) -> Outcome:
    names = {aws.short(each.name): each.name for each in deployed_stacks(aws)}
    if stack not in (ALL, *names):
        allowed = ", ".join([ALL, *names])
        raise OperationError(f"STACK is {stack!r}: allowed is {allowed}; correct the name")
    lifted = list(names.values()) if stack == ALL else [names[stack]]
    for each in lifted:
        lift_protection(aws, each)
    text = f"Until the next `make deploy`, these can be changed and deleted: {', '.join(lifted)}."
    return Outcome(lifted, text)


def _checked_destruction(aws: EnvironmentClients) -> Outcome:
    kept = [each.name for each in deployed_stacks(aws) if each.is_kept]
    text = (
        f"Nothing was deleted: the stacks {', '.join(map(aws.short, kept))} of {aws.name} have "
        f"termination protection. `redline --env {aws.name} protection lift {ALL}` ends it; then "
        "destroy the environment again."
    )
    return Outcome(kept, text, 1) if kept else Outcome([], "Every stack can be deleted.")


def _checked_deployment(aws: EnvironmentClients, assembly: Assembly) -> Outcome:
    refused = {aws.short(each.partition(":")[0]) for each in refused_changes(aws, assembly)}
    given_up = list(resources_given_up(aws, assembly))
    lines = [
        *(
            f"{name} is protected, and its definition would change. If that is intended: "
            f"{change(aws, name)}"
            for name in sorted(refused)
        ),
        *(f"{deletion(each)}. {remedy_of_deletion(aws, each)}" for each in given_up),
    ]
    if not lines:
        return Outcome([], "No protected definition would change.")
    stacks = sorted({*refused, *(aws.short(each.stack) for each in given_up)})
    return Outcome(stacks, "\n".join(f"Nothing was deployed: {line}" for line in lines), 1)
