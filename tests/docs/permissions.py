"""The table of docs/security.md: granted, used and explained actions by kind of role."""

from __future__ import annotations

from collections.abc import Sequence

from tests.permissions.minimality import Grant, Mutant, grants, kind_of, mutants
from tests.permissions.policies import deployed
from tests.permissions.record import recorded_calls
from tests.permissions.templates import RECORDED, templates


def table() -> str:
    """Return Markdown: a row for each kind of role, and the mutation score of the templates."""
    found: list[Grant] = []
    taken: list[Mutant] = []
    for name in RECORDED:
        policies, recorded = deployed(templates(name)), recorded_calls(name)
        found += grants(policies, recorded)
        taken += mutants(policies, recorded)
    return f"{_roles(found)}\n{_score(taken)}"


def _roles(found: Sequence[Grant]) -> str:
    actions = [grant for grant in found if grant.kind == "action"]
    kinds = sorted({kind_of(grant.role) for grant in actions})
    rows = [_row(kind, [each for each in actions if kind_of(each.role) == kind]) for kind in kinds]
    head = (
        "| role | stacks | actions granted | used | explained | unexplained |\n"
        "|---|--:|--:|--:|--:|--:|\n"
    )
    return head + "".join([*rows, _row("all of them", actions)])


def _score(taken: Sequence[Mutant]) -> str:
    denied = sum(bool(mutant.denied) for mutant in taken)
    noticed = sum(mutant.is_noticed for mutant in taken)
    return (
        f"Mutation score: {100 * noticed // len(taken)} %: of {len(taken)} statements, "
        f"{denied} are missed by a recorded call and {noticed - denied} by the explanation of "
        "what they grant."
    )


def _row(name: str, actions: Sequence[Grant]) -> str:
    stacks = len({grant.role for grant in actions})
    used = sum(grant.used for grant in actions)
    unexplained = sum(grant.is_unexplained for grant in actions)
    explained = len(actions) - used - unexplained
    return f"| {name} | {stacks} | {len(actions)} | {used} | {explained} | {unexplained} |\n"
