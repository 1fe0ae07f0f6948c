"""What AWS rejects when a pipeline is created or when a step starts.

It needs only botocore's models and the standard library, and does not depend on how this project
builds definitions: it can check a definition from any source.
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
    """The errors of a definition whose frame is valid."""
    for rule in _RULES:
        yield from rule.check(definition)
