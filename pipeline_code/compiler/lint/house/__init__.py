"""The rules of this project, for definitions that AWS would accept."""

from collections.abc import Iterator

from local_cloud.definition_rules.definition import Definition
from local_cloud.definition_rules.findings import Finding
from pipeline_code.compiler.lint.house import names, outputs, parameters, queries

_RULES = (parameters, outputs, names, queries)


def check(definition: Definition) -> Iterator[Finding]:
    """Yield the errors of a definition whose frame is valid."""
    for rule in _RULES:
        yield from rule.check(definition)
