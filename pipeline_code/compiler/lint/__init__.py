"""The linter: every error of a definition that is detectable before deployment.

A pure function of the definition's JSON. `aws` contains what AWS rejects, `house` what this project
does not deploy. Errors that appear only in a run are never reported.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from pipeline_code.compiler.findings import Finding
from pipeline_code.compiler.lint import aws, house
from pipeline_code.compiler.lint.aws.definition import Definition
from pipeline_code.compiler.placeholders import ENVIRONMENT, UnknownText, folded, replaced

# More findings are not useful, and the search for similar names is slow.
MOST_FINDINGS = 200


def lint(body: dict[str, Any]) -> list[Finding]:
    """Return the first 200 errors of a definition; empty when it may be deployed.

    The linter checks it as it will be deployed: a text of unknown content replaces each value that
    the environment decides.
    """
    try:
        return list(islice(_findings(Definition(folded(replaced(body, _unknown)))), MOST_FINDINGS))
    except RecursionError:
        rule, remedy = "nested too deeply", "nest conditions and expressions less"
        return [Finding(rule, "", "Steps", "…", "a few levels", remedy)]


def report(name: str, findings: Sequence[Finding]) -> str:
    """The findings about one pipeline, one per line."""
    return "\n".join([f"{name}: {len(findings)} findings", *map(str, findings)])


def _findings(definition: Definition) -> Iterator[Finding]:
    misshapen = False
    for finding in aws.frame.check(definition):
        misshapen = True
        yield finding
    if not misshapen:  # the other rules require a valid frame
        yield from aws.check(definition)
        yield from house.check(definition)


def _unknown(root: str, name: str) -> UnknownText | None:
    return UnknownText(f"<{name}>") if root == ENVIRONMENT else None
