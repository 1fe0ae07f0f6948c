"""The command `preflight`: runs all checks and prints their findings."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from rich.console import Console

from operations.assembly import Assembly, add_app_argument
from operations.environment_clients import EnvironmentClients
from operations.preflight.check import Account, all_checks
from operations.preflight.report import print_findings

HELP = "check whether a deployment would succeed in the account of the shell; only reads"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the argument for the templates."""
    add_app_argument(parser)


def run(arguments: argparse.Namespace, aws: EnvironmentClients) -> int:
    """Print the findings. Return 1 if a deployment would fail."""
    needs = Assembly.read(arguments.app, prefix=aws.prefix, region=aws.environment.region)
    account = Account(aws, needs)
    findings = [found for check in all_checks() for found in check.findings(account)]
    if arguments.json:
        print(json.dumps([asdict(each) for each in findings], indent=2))
    else:
        print_findings(findings, Console(), environment=aws.environment.name)
    return 1 if any(each.status == "fails" for each in findings) else 0
