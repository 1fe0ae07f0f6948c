"""Runs cdk-nag and CDK's validation over apps."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import aws_cdk as cdk
from cdk_nag import AwsSolutionsChecks, NIST80053R5Checks

PACKS = (AwsSolutionsChecks, NIST80053R5Checks)


@dataclass(frozen=True)
class Checked:
    """A synthesised app: the findings of cdk-nag, as (rule, path), and its cloud assembly."""

    found: list[tuple[str, str]]
    folder: Path

    def validation(self) -> list[tuple[str, str]]:
        """The findings of CDK's own validation, as (rule, path)."""
        return validation(self.folder)


def checked(app: cdk.App, folder: Path) -> Checked:
    """Check an app, which must have the validation enabled, and synthesise it to `folder`."""
    # cdk-nag must run before synthesis, while references between stacks still contain the names of
    # their resources.
    found = nag(app)
    app.synth()
    return Checked(found, folder)


def nag(app: cdk.App) -> list[tuple[str, str]]:
    """Return the findings of both packs of cdk-nag, as (rule, path of the resource)."""
    return [
        (violation.rule_name, resource.construct_path)
        for pack in PACKS
        for violation in pack(app).validate_scope(app).violations
        for resource in violation.violating_resources
    ]


def validation(folder: Path) -> list[tuple[str, str]]:
    """Return the findings of CDK's validation in an assembly, as (rule, path of the resource)."""
    reports = json.loads((folder / "validation-report.json").read_text())["pluginReports"]
    return [
        (f"CloudFormation-Validate::{violation['ruleName']}", construct["constructPath"])
        for report in reports
        for violation in report["violations"]
        for construct in violation["violatingConstructs"]
    ]
