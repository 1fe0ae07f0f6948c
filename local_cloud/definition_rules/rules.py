"""Applies all rules to a definition."""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from local_cloud.definition_rules import (
    branches,
    caching,
    duplicates,
    expressions,
    frame,
    order,
    references,
    requests,
    retries,
    structure,
)
from local_cloud.definition_rules.definition import Definition
from local_cloud.definition_rules.document import without_nulls
from local_cloud.definition_rules.findings import Finding

# The maximum number of findings. More are not useful, and the search for similar names is slow.
MOST_FINDINGS = 200
TOO_DEEP = Finding(
    rule="nested too deeply",
    step="",
    path="Steps",
    value="…",
    allowed="a few levels",
    remedy="nest conditions and expressions less",
)

Rule = Callable[[Definition], Iterator[Finding]]
RULES: tuple[Rule, ...] = (
    structure.check,
    duplicates.check,
    expressions.check,
    references.check,
    branches.check,
    order.check,
    requests.check,
    retries.check,
    caching.check,
)


def findings_of(body: dict[str, Any], rules: tuple[Rule, ...] = RULES) -> list[Finding]:
    """Return the first 200 errors of a definition.

    If the frame is invalid, only its errors are returned. `rules` apply to a valid frame only.
    """
    try:
        definition = Definition(without_nulls(body))
        misshapen = list(islice(frame.check(definition), MOST_FINDINGS))
        found = (finding for rule in rules for finding in rule(definition))
        return misshapen or list(islice(found, MOST_FINDINGS))
    except RecursionError:
        return [TOO_DEEP]
