"""What AWS rejects, when a pipeline is created or when its step starts.

It needs botocore's models and the standard library, and nothing of how this project writes
definitions: whatever a definition comes from can be checked.
"""

from collections.abc import Iterator

from pipeline_code.compiler.findings import Finding
from pipeline_code.compiler.lint.aws import (
    expressions,
    frame,
    order,
    references,
    requests,
    retries,
    structure,
)
from pipeline_code.compiler.lint.aws.definition import Definition

__all__ = ["check", "frame"]

_RULES = (structure, expressions, references, order, requests, retries)


def check(definition: Definition) -> Iterator[Finding]:
    """The faults of a definition whose frame is right."""
    for rule in _RULES:
        yield from rule.check(definition)
