"""The linter: every fault of a definition that can be known before it is deployed.

A pure function over the definition's JSON. `aws` has what AWS rejects, `house` what this project
does not deploy; what only a run can tell is never reported.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from pipeline_code.compiler.findings import Finding
from pipeline_code.compiler.lint import aws, house
from pipeline_code.compiler.lint.aws.definition import Definition
from pipeline_code.compiler.placeholders import ENVIRONMENT, UnknownText, folded, replaced

# Nobody reads more at once, and what is near to a wrong name takes a while to find.
MOST_FINDINGS = 200


def lint(body: dict[str, Any]) -> list[Finding]:
    """Give the faults of a definition, the first 200 of them; none when it may be deployed.

    It is judged as it will be deployed: a text of unknown content stands for each value that the
    environment decides.
    """
    try:
        return list(islice(_findings(Definition(folded(replaced(body, _unknown)))), MOST_FINDINGS))
    except RecursionError:
        rule, remedy = "nested too deeply", "nest conditions and expressions less"
        return [Finding(rule, "", "Steps", "…", "a few levels", remedy)]


def report(name: str, findings: Sequence[Finding]) -> str:
    """The findings about one pipeline, a line each."""
    return "\n".join([f"{name}: {len(findings)} findings", *map(str, findings)])


def _findings(definition: Definition) -> Iterator[Finding]:
    misshapen = False
    for finding in aws.frame.check(definition):
        misshapen = True
        yield finding
    if not misshapen:  # the other rules take the frame for granted
        yield from aws.check(definition)
        yield from house.check(definition)


def _unknown(root: str, name: str) -> UnknownText | None:
    return UnknownText(f"<{name}>") if root == ENVIRONMENT else None
