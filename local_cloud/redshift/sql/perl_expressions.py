"""Regular expressions of Perl's dialect, the option `p` of the REGEXP functions."""

from __future__ import annotations

import re

from local_cloud.redshift.statement_errors import StatementFailed


def _perl(pattern: str, flags: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern, re.IGNORECASE if "i" in flags else 0)
    except re.error as error:
        raise StatementFailed(f"ERROR: invalid regular expression: {error}") from error


def _matches(text: str, pattern: str, position: int, flags: str) -> list[re.Match[str]]:
    return list(_perl(pattern, flags).finditer(text, max(position, 1) - 1))


def perl_count(text: str, pattern: str, position: int, flags: str) -> int:
    """Perform REGEXP_COUNT with the Perl dialect."""
    return len(_matches(text, pattern, position, flags))


def perl_substr(
    text: str, pattern: str, position: int, occurrence: int, flags: str, group: int
) -> str | None:
    """Perform REGEXP_SUBSTR with the Perl dialect."""
    if occurrence < 1:
        return None
    found = _matches(text, pattern, position, flags)
    return found[occurrence - 1][group] if len(found) >= occurrence else ""


def perl_instr(
    text: str, pattern: str, position: int, occurrence: int, end: int, flags: str
) -> int:
    """Perform REGEXP_INSTR with the Perl dialect."""
    found = _matches(text, pattern, position, flags)
    if not 1 <= occurrence <= len(found):
        return 0
    match = found[occurrence - 1]
    return (match.end() if end else match.start()) + 1


def perl_replace(text: str, pattern: str, replacement: str, position: int, flags: str) -> str:
    """Perform REGEXP_REPLACE with the Perl dialect. `$1` is the first group."""
    kept = text[: max(position, 1) - 1]
    template = re.sub(r"\$(\d)", r"\\\1", replacement)
    return kept + _perl(pattern, flags).sub(template, text[len(kept) :])
