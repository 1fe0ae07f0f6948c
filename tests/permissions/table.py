"""The table of docs/security.md: for each role what it is granted and what recorded runs used."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from tests.permissions.minimality import Grant, Mutant, grants, mutants
from tests.permissions.policies import deployed
from tests.permissions.record import recorded_calls
from tests.permissions.templates import templates

PAGE = Path(__file__).parents[2] / "docs" / "security.md"
_PART = re.compile(
    r"(<!-- permissions: made by make permissions -->\n).*?(<!-- end of permissions -->)", re.DOTALL
)


def page() -> str:
    """The page with the table of now."""
    policies, recorded = deployed(templates()), recorded_calls()
    text = _table(grants(policies, recorded), mutants(policies, recorded))
    return _PART.sub(lambda found: found.group(1) + text + found.group(2), PAGE.read_text())


def _table(found: Sequence[Grant], taken: Sequence[Mutant]) -> str:
    actions = [grant for grant in found if grant.kind == "action"]
    roles = sorted({grant.role for grant in actions})
    rows = [_row(role, [grant for grant in actions if grant.role == role]) for role in roles]
    total = _row("all of them", actions)
    denied = sum(bool(mutant.denied) for mutant in taken)
    noticed = sum(mutant.is_noticed for mutant in taken)
    score = (
        f"\nMutation score: {100 * noticed // len(taken)} %: of {len(taken)} statements, "
        f"{denied} are missed by a recorded call and {noticed - denied} by the explanation of "
        "what they grant.\n"
    )
    head = "| role | actions granted | used | explained | unexplained |\n|---|--:|--:|--:|--:|\n"
    return head + "".join([*rows, total]) + score


def _row(role: str, actions: Sequence[Grant]) -> str:
    used = sum(grant.used for grant in actions)
    unexplained = sum(grant.is_unexplained for grant in actions)
    explained = len(actions) - used - unexplained
    name = re.sub(r"[0-9A-F]{8}$", "", role.strip("<>"))
    return f"| {name} | {len(actions)} | {used} | {explained} | {unexplained} |\n"
