"""The linter: every fault of a definition that can be known before it is deployed.

A pure function over the definition's JSON. What the API takes comes from botocore's model; what
only a run can tell is never reported.
"""

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


def lint(body: dict[str, Any]) -> list[Finding]:
    """Give the faults of a definition; none when it may be deployed."""
    definition = Definition(body)
    if misshapen := list(frame.check(definition)):
        return misshapen  # the other rules take the frame for granted
    return [finding for rule in _RULES for finding in rule.check(definition)]
