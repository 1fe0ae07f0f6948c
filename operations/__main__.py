"""Commands for an environment: python -m operations COMMAND ENV [--json]; --help lists them."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from types import ModuleType

from botocore.exceptions import BotoCoreError, ClientError

from local_cloud.command_line import run_command
from operations import OperationError, accept_data, left, rollback
from operations.environment_clients import create_clients
from operations.orphans import command as orphans
from operations.preflight import command as preflight
from operations.report import command as report
from operations.smoke import command as smoke
from operations.tuning import command as tuning
from stacks.config import ConfigurationError
from stacks.environments import environment_named

COMMANDS: dict[str, ModuleType] = {
    "accept-data": accept_data,
    "left": left,
    "orphans": orphans,
    "preflight": preflight,
    "report": report,
    "rollback": rollback,
    "smoke": smoke,
    "tuning": tuning,
}

_EXPECTED = (OperationError, ConfigurationError, BotoCoreError, ClientError)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command. Return its exit code, 2 if it could not start, 130 after Ctrl-C."""
    parsed = _parser().parse_args(arguments)
    return run_command(lambda: _run(parsed), *_EXPECTED, error_prefix="error: ")


def _run(parsed: argparse.Namespace) -> int:
    code: int = parsed.run(parsed, create_clients(environment_named(parsed.environment)))
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m operations", description="Commands for an environment."
    )
    commands = parser.add_subparsers(required=True)
    for name, module in COMMANDS.items():
        command = commands.add_parser(name, help=module.HELP, description=module.HELP)
        command.add_argument(
            "environment", metavar="ENV", help="name of the environment: local, dev, …"
        )
        command.add_argument("--json", action="store_true", help="print one JSON document")
        module.add_arguments(command)
        command.set_defaults(run=module.run)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
