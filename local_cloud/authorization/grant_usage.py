"""Finds the used and unused grants in a permissions report. Pure functions."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

_HASH = re.compile(r"[0-9A-F]{8}$")


@dataclass(frozen=True)
class Grant:
    """One action, or one resource, that a statement of a role allows.

    `text` is the pattern in the policy. `why` is the reason why no run used the grant, or empty.
    """

    statement: str
    kind: str
    text: str
    used: bool
    why: str = ""


@dataclass(frozen=True)
class RoleUsage:
    """A role, its grants, and its denied calls. The name is that of `plain_name`."""

    role: str
    grants: Sequence[Grant]
    denied: Sequence[Mapping[str, Any]]

    def of(self, kind: str) -> list[Grant]:
        """Return the grants of one kind: `action` or `resource`."""
        return [grant for grant in self.grants if grant.kind == kind]

    @property
    def unexplained(self) -> list[Grant]:
        """Return the grants that no run used and that have no explanation."""
        return [grant for grant in self.grants if not grant.used and not grant.why]


@dataclass(frozen=True)
class Explanation:
    """The reason why grants are needed that no run on the laptop uses.

    The role and the grants are patterns.
    """

    role: str
    grant: str
    why: str

    def fits(self, role: str, text: str) -> bool:
        """Return whether the explanation covers this grant of this role."""
        return fnmatchcase(role, self.role) and fnmatchcase(text, self.grant)


def usage(report: Mapping[str, Any], explanations: Sequence[Explanation]) -> list[RoleUsage]:
    """Return all roles of a report, sorted by name."""
    every = [_usage(role, report["calls"], explanations) for role in report["roles"]]
    return sorted(every, key=lambda found: found.role)


def read_explanations(path: Path) -> list[Explanation]:
    """Read the explanations from a TOML file with tables `[[grant]]` of role, grants and why."""
    tables = tomllib.loads(path.read_text(encoding="utf-8"))["grant"]
    return [
        Explanation(table["role"], grant, table["why"])
        for table in tables
        for grant in table["grants"]
    ]


def plain_name(name: str) -> str:
    """Return `stack/logical id` without the hash that the CDK appends to the id."""
    return _HASH.sub("", name)


def _usage(
    role: Mapping[str, Any], calls: Iterable[Mapping[str, Any]], explanations: Sequence[Explanation]
) -> RoleUsage:
    name = plain_name(role["name"])
    own = [call for call in calls if role["arn"] in (call["role"], call["resource"])]
    used = {
        (use["statement"], kind, use[kind])
        for call in own
        if call["allowed"]
        for use in call["uses"]
        for kind in ("action", "resource")
    }
    grants = [
        Grant(key[0], key[1], key[2], key in used, _why(explanations, name, key[2]))
        for key in _keys(role["statements"])
    ]
    denied = [call for call in own if not call["allowed"] and call["role"] == role["arn"]]
    return RoleUsage(name, grants, denied)


def _keys(statements: Iterable[Mapping[str, Any]]) -> Iterable[tuple[str, str, str]]:
    for statement in statements:
        for kind in ("action", "resource"):
            for text in statement[f"{kind}s"]:
                yield statement["name"], kind, text


def _why(explanations: Sequence[Explanation], role: str, text: str) -> str:
    return next((found.why for found in explanations if found.fits(role, text)), "")
