"""The command line: one module of `local_cloud.commands` per command."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
from pathlib import Path
from types import ModuleType

from botocore.exceptions import BotoCoreError, ClientError

from local_cloud import commands
from local_cloud.client import connect
from local_cloud.command_line import run_command
from local_cloud.errors import LocalCloudError

DEFAULT_STATE = Path(".local_cloud")
# These commands start or stop the server, or use the servers of several accounts, so `run` receives
# the state folder, not a `Cloud`.
_WITHOUT_SERVER = frozenset({"deliver", "down", "up"})


def main(argv: list[str], *, program: str = "python -m local_cloud") -> int:
    """Run a command. Return 0 on success, 1 if the command failed, 2 if it could not start.

    `run_command` describes the other exit codes.
    """
    arguments = _parser(program, _named(argv)).parse_args(argv)
    return run_command(lambda: _run(arguments), LocalCloudError, ClientError, BotoCoreError)


def command_names() -> list[str]:
    """Return the names of all commands. A command has the name of its module."""
    return sorted(module.name for module in pkgutil.iter_modules(commands.__path__))


def _run(arguments: argparse.Namespace) -> int:
    state: Path = arguments.state
    module: ModuleType = arguments.module
    if arguments.command in _WITHOUT_SERVER:
        code: int = module.run(arguments, state)
    else:
        code = module.run(arguments, connect(state))
    return code


def _named(argv: list[str]) -> list[str]:
    """Return the command in `argv`, or all commands. The import of all takes a second."""
    options = argparse.ArgumentParser(add_help=False, exit_on_error=False)
    _add_options(options)
    try:
        _, rest = options.parse_known_args(argv)
    except argparse.ArgumentError:
        rest = []
    return [name for name in rest[:1] if name in command_names()] or command_names()


def _parser(program: str, names: list[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=program, description="Deploy an AWS CDK app to this machine and run it."
    )
    _add_options(parser)
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name in names:
        _add_command(subparsers, name)
    return parser


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--state", type=Path, default=DEFAULT_STATE, help=_STATE_HELP)
    parser.add_argument("--json", action="store_true", help=_JSON_HELP)


def _add_command(
    subparsers: argparse._SubParsersAction[argparse.ArgumentParser], name: str
) -> None:
    module = importlib.import_module(f"{commands.__name__}.{name}")
    command = subparsers.add_parser(name, help=module.HELP, description=module.HELP)
    # Both options are also allowed after the command, where they override the options before it.
    command.add_argument("--state", type=Path, default=argparse.SUPPRESS, help=_STATE_HELP)
    command.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=_JSON_HELP)
    module.add_arguments(command)
    command.set_defaults(module=module)


_STATE_HELP = f"state folder of the laptop cloud (default {DEFAULT_STATE})"
_JSON_HELP = "print one JSON document instead of text"
