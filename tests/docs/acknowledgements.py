"""The explained findings of the checks, and their table in docs/security.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import aws_cdk as cdk
from constructs import IConstruct


@dataclass(frozen=True, order=True, kw_only=True)
class Acknowledgement:
    """An explained finding: its tool and `rule`, the `path` of the construct, and the reason."""

    tool: str
    rule: str
    path: str
    reason: str

    @property
    def family(self) -> str:
        """The rule without the details of the finding."""
        return self.rule.partition("[")[0]


def acknowledgements(app: cdk.App) -> list[Acknowledgement]:
    """Return all acknowledgements of an app, sorted by tool, rule and path."""
    found = {
        Acknowledgement(tool=_tool(rule), rule=rule, path=construct.node.path, reason=reason)
        for construct in app.node.find_all()
        for rule, reason in (*_of_construct(construct), *_of_resource(construct))
    }
    return sorted(found)


def _of_construct(construct: IConstruct) -> Iterator[tuple[str, str]]:
    """Yield the acknowledgements for cdk-nag and CDK's validation."""
    for entry in construct.node.metadata:
        if entry.type == cdk.Validations.ACKNOWLEDGED_RULES_METADATA_KEY:
            for rule, reason in entry.data.items():
                yield rule.removeprefix("Annotation::"), reason


def _of_resource(construct: IConstruct) -> Iterator[tuple[str, str]]:
    """Yield the acknowledgements for checkov and cfn-lint."""
    if isinstance(construct, cdk.CfnResource):
        for skip in (construct.get_metadata("checkov") or {"skip": []})["skip"]:
            yield skip["id"], skip["comment"]
        yield from (construct.get_metadata("cfn-lint") or {"reasons": {}})["reasons"].items()


def _tool(rule: str) -> str:
    tools = {
        "AwsSolutions-": "cdk-nag AwsSolutions",
        "NIST.800.53.R5-": "cdk-nag NIST 800-53 R5",
        "CloudFormation-Validate::": "CDK",
        "CKV_": "checkov",
    }
    return next((tool for start, tool in tools.items() if rule.startswith(start)), "cfn-lint")


def table(found: Mapping[str, list[Acknowledgement]]) -> str:
    """Return Markdown: the number of acknowledgements per rule, reason and environment."""
    counts = {
        name: Counter((each.tool, each.family, each.reason) for each in listed)
        for name, listed in found.items()
    }
    rows = sorted(set().union(*counts.values()))
    totals = [str(counter.total()) for counter in counts.values()]
    return "\n".join(
        (
            _row(["check", "rule", *counts, "why it is right here"]),
            _row(["---"] * (len(counts) + 3)),
            *(
                _row(
                    [
                        tool,
                        family,
                        *(str(each[(tool, family, why)]) for each in counts.values()),
                        why,
                    ]
                )
                for tool, family, why in rows
            ),
            _row(["**all**", "", *totals, ""]),
        )
    )


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
