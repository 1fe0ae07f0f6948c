"""The linter: every fault of a definition that can be known before it is deployed.

A pure function over the definition's JSON. What the API takes comes from botocore's model; what
only a run can tell is never reported.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from pipeline_code.definition.findings import Finding
from pipeline_code.definition.lint import (
    conditions,
    data_flow,
    expressions,
    frame,
    order,
    references,
    requests,
    retries,
    structure,
    transforms,
)
from pipeline_code.definition.lint.definition import Definition

_RULES = (
    structure,
    expressions,
    references,
    order,
    conditions,
    requests,
    data_flow,
    retries,
    transforms,
)


# Nobody reads more at once, and what is near to a wrong name takes a while to find.
MOST_FINDINGS = 200


def lint(body: dict[str, Any]) -> list[Finding]:
    """Give the faults of a definition, the first 200 of them; none when it may be deployed."""
    try:
        return list(islice(_findings(Definition(body)), MOST_FINDINGS))
    except RecursionError:
        rule, remedy = "nested too deeply", "nest conditions and expressions less"
        return [Finding(rule, "", "Steps", "…", "a few levels", remedy)]


def _findings(definition: Definition) -> Iterator[Finding]:
    misshapen = False
    for finding in frame.check(definition):
        misshapen = True
        yield finding
    if not misshapen:  # the other rules take the frame for granted
        for rule in _RULES:
            yield from rule.check(definition)
