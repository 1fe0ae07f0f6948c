"""The linter: every error of a definition that is detectable before deployment.

`lint` is a pure function of the definition's JSON. `local_cloud.definition_rules` contains the
rules of AWS, `house` the rules of this project. Errors that depend on an execution are not
reported.
"""

from collections.abc import Sequence
from typing import Any

from local_cloud.definition_rules.document import UnknownText
from local_cloud.definition_rules.findings import Finding
from local_cloud.definition_rules.rules import RULES, TOO_DEEP, findings_of
from pipeline_code.compiler.lint import house
from pipeline_code.compiler.placeholders import ENVIRONMENT, folded, replaced


def lint(body: dict[str, Any]) -> list[Finding]:
    """Return the first 200 errors of a definition; empty if it can be deployed.

    The linter checks the definition as it will be deployed: a string with unknown content replaces
    each environment value.
    """
    try:
        deployed = folded(replaced(body, _unknown))
    except RecursionError:
        return [TOO_DEEP]
    return findings_of(deployed, (*RULES, house.check))


def report(name: str, findings: Sequence[Finding]) -> str:
    """Format the findings about one pipeline, one per line."""
    return "\n".join([f"{name}: {len(findings)} findings", *map(str, findings)])


def _unknown(root: str, name: str) -> UnknownText | None:
    return UnknownText(f"<{name}>") if root == ENVIRONMENT else None
