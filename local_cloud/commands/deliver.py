"""`deliver`: run the stages of the app's delivery for a commit of the current folder."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from pathlib import Path

from local_cloud.app_settings import read_settings
from local_cloud.delivery.execution import FAILED, REJECTED, WAITING, Execution, decide, start
from local_cloud.output import show
from local_cloud.state import create_folder

HELP = "run the stages of the app's delivery for a commit, with a laptop cloud for each account"
_FOLDER = "delivery"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments for the commit, the accounts and the decision."""
    parser.add_argument("commit", nargs="?", default="HEAD", help="commit or branch (default HEAD)")
    parser.add_argument(
        "--account",
        action="append",
        default=[],
        type=_account,
        metavar="ID=DIR",
        help="state folder of the laptop cloud of an account; can be repeated",
    )
    parser.add_argument(
        "--skip", action="append", default=[], metavar="STAGE", help="do not run this stage"
    )
    decision = parser.add_mutually_exclusive_group()
    decision.add_argument("--approve", action="store_true", help="continue the delivery that waits")
    decision.add_argument("--reject", action="store_true", help="end the delivery that waits")


def run(arguments: argparse.Namespace, state: Path) -> int:
    """Start a delivery, or decide about the one that waits. Return 0 if it succeeded or waits."""
    create_folder(state)
    folder = state / _FOLDER
    if arguments.approve or arguments.reject:
        execution = decide(folder, approved=arguments.approve, report=_report)
    else:
        execution = start(
            folder,
            Path.cwd(),
            arguments.commit,
            synthesis=read_settings(Path.cwd()).delivery,
            accounts=dict(arguments.account),
            skipped=arguments.skip,
            report=_report,
        )
    show(asdict(execution), text=_text(execution), as_json=arguments.json)
    return 1 if execution.status in (FAILED, REJECTED) else 0


def _account(text: str) -> tuple[str, str]:
    account, sign, state = text.partition("=")
    if not (sign and state and account.isdigit() and len(account) == len("123456789012")):
        raise argparse.ArgumentTypeError(
            f"{text!r} is not of the form ID=DIR with the twelve digits of an account"
        )
    return account, str(Path(state).resolve())


def _report(line: str) -> None:
    print(line, file=sys.stderr)


def _text(execution: Execution) -> str:
    head = f"The delivery of {execution.commit[:12]} is {execution.status}."
    if execution.status != WAITING:
        return head
    return f"{head} {execution.waits_for} (`deliver --approve` or `deliver --reject`)"
