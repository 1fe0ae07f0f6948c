"""Shows the findings as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from operations.preflight.check import Finding

_COLOURS = {"ok": "green", "fails": "red", "not checked": "yellow", "note": "cyan"}


def print_findings(findings: Sequence[Finding], console: Console, *, environment: str) -> None:
    """Print a line for each finding, the remedies, and a summary. Long lines are not wrapped."""
    widths = [max(map(len, column)) for column in zip(*map(_cells, findings), strict=True)]
    for each in findings:
        status, *cells = (
            cell.ljust(width) for cell, width in zip(_cells(each), widths, strict=True)
        )
        line = Text(status, style=_COLOURS[each.status]).append(f"  {'  '.join(cells)}", "default")
        console.print(line.append(f"  {each.found}", "default"), soft_wrap=True)
    for remedy, subjects in _remedies(findings).items():
        console.print(Text(f"\n{', '.join(subjects)}\n  {remedy}"), soft_wrap=True)
    console.print(Text(f"\n{_summary(findings, environment)}"), soft_wrap=True)


def _cells(finding: Finding) -> tuple[str, str, str]:
    return finding.status, finding.check, finding.subject


def _remedies(findings: Sequence[Finding]) -> dict[str, list[str]]:
    """Return remedy -> subjects, or the checks that could not be performed."""
    found: dict[str, list[str]] = {}
    for each in findings:
        named = each.check if each.status == "not checked" else each.subject
        if each.remedy and named not in found.setdefault(each.remedy, []):
            found[each.remedy].append(named)
    return found


def _summary(findings: Sequence[Finding], environment: str) -> str:
    count = Counter(each.status for each in findings)
    if count["fails"]:
        result = f"A deployment of {environment} would fail"
    else:
        result = f"Nothing was found that would fail a deployment of {environment}"
    return f"{result}: {count['ok']} ok, {count['fails']} fail, {count['not checked']} not checked."
