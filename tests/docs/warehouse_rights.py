"""The table of docs/security.md: which columns each pipeline may read in the warehouse."""

from __future__ import annotations

import json
import re

from tests.application.environments import ENVIRONMENTS
from tests.application.synthesised import synthesised

_GRANT = re.compile(
    r"GRANT SELECT \((?P<columns>.*)\) ON TABLE (?P<table>\S+) TO ROLE (?P<role>\S+)"
)


def table() -> str:
    """Return Markdown: a row for each database role and table of the fixed environments."""
    rows = sorted({row for name in ENVIRONMENTS for row in _rows(name)})
    lines = [f"| `{role}` | `{table}` | {columns} |" for role, table, columns in rows]
    return "\n".join(["| database role | table | columns |", "|---|---|---|", *lines])


def _rows(environment: str) -> set[tuple[str, str, str]]:
    (path,) = synthesised(environment).folder.rglob("rights.json")
    grants = [grant for role in json.loads(path.read_text())["roles"] for grant in role["grants"]]
    found = filter(None, map(_GRANT.fullmatch, grants))
    return {(each["role"], each["table"], each["columns"]) for each in found}
