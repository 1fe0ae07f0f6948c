"""The command `preflight`: runs all checks and prints their findings."""

from __future__ import annotations

import json
from dataclasses import asdict

from rich.console import Console

from operations.assembly import DEFAULT_FOLDER, Assembly
from operations.environment_clients import EnvironmentClients
from operations.options import Json, Templates
from operations.preflight.check import Account, all_checks
from operations.preflight.report import print_findings

HELP = "Check whether a deployment would succeed in the account of the shell; only reads."
POLICY = "administrator"
EXAMPLES = ("redline --env dev preflight",)


def run(aws: EnvironmentClients, *, app: Templates = DEFAULT_FOLDER, as_json: Json = False) -> int:
    """Print the findings. Return 1 if a deployment would fail."""
    needs = Assembly.read(app, prefix=aws.prefix, region=aws.region)
    account = Account(aws, needs)
    findings = [found for check in all_checks() for found in check.findings(account)]
    if as_json:
        print(json.dumps([asdict(each) for each in findings], indent=2))
    else:
        print_findings(findings, Console(), environment=aws.name)
    return 1 if any(each.status == "fails" for each in findings) else 0
