"""The command line: each module of `operations.commands` is a command."""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import typer
from botocore.exceptions import BotoCoreError, ClientError

from operations import OperationError, commands
from operations.command_line import run_command
from operations.connection import connect
from operations.errors import sentence
from operations.options import EnvironmentName, StateFolder
from stacks.config import ConfigurationError

# A command whose arguments are parsed. It returns the exit code.
Job = Callable[[], int]
_WITH_VALUE = ("--env", "--state")


def main(argv: list[str], *, program: str = "redline") -> int:
    """Run a command. Return 0 on success, 1 if the command failed, 2 if it could not start.

    `run_command` describes the other exit codes.
    """
    return run_command(
        lambda: _run(argv, program), OperationError, ConfigurationError, error_prefix="error: "
    )


def command_names() -> list[str]:
    """Return the names of all commands: those of their modules, with hyphens."""
    modules = pkgutil.iter_modules(commands.__path__)
    return sorted(module.name.replace("_", "-") for module in modules)


def create_app(names: Iterable[str]) -> typer.Typer:
    """Return the application with these commands, which return a `Job`."""
    app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)
    app.callback()(_shared_options)
    for name in names:
        module = import_module(f"{commands.__name__}.{name.replace('-', '_')}")
        policy = f"Policy: {module.POLICY} (docs/security.md)"
        examples = "\n\n".join(["Examples:", *module.EXAMPLES, policy])
        app.command(name, help=module.HELP, epilog=examples)(_command(module))
    return app


def _run(argv: list[str], program: str) -> int:
    group = typer.main.get_command(create_app(_named(argv)))
    try:
        parsed: Job | int | None = group.main(
            argv, prog_name=program, complete_var="_REDLINE_COMPLETE", standalone_mode=False
        )
    except typer.TyperException as error:
        context = getattr(error, "ctx", None)
        command = context.command_path if context else program
        raise OperationError(f"{error.format_message()} (see {command} --help)") from error
    if parsed is None or isinstance(parsed, int):
        return parsed or 0
    try:
        return parsed()
    except (BotoCoreError, ClientError) as error:
        raise OperationError(sentence(error)) from error


def _named(argv: list[str]) -> list[str]:
    """Return the command in `argv`, or all commands. The import of all takes a second."""
    words = iter(argv)
    for word in words:
        if word in _WITH_VALUE:
            next(words, None)
        elif not word.startswith("-"):
            return [word] if word in command_names() else command_names()
    return command_names()


def _shared_options(
    context: typer.Context, environment: EnvironmentName = None, state: StateFolder = None
) -> None:
    """Show and operate the pipelines, models and endpoints of an environment."""
    context.obj = (environment, state)


def _command(module: ModuleType) -> Callable[..., Job]:
    """Return the function of a command for Typer: its own parameters and the shared options."""

    def prepare(context: typer.Context, **given: Any) -> Job:
        before = context.obj
        environment: str | None = given.pop("environment") or before[0]
        state: Path | None = given.pop("state") or before[1]
        return lambda: module.run(connect(environment, state), **given)

    own = list(inspect.signature(module.run, eval_str=True).parameters.values())[1:]
    keyword = inspect.Parameter.KEYWORD_ONLY
    parameters = [
        inspect.Parameter("context", keyword, annotation=typer.Context),
        *(each.replace(kind=keyword) for each in own),
        inspect.Parameter("environment", keyword, default=None, annotation=EnvironmentName),
        inspect.Parameter("state", keyword, default=None, annotation=StateFolder),
    ]
    described: Any = prepare
    described.__signature__ = inspect.Signature(parameters)
    described.__annotations__ = {each.name: each.annotation for each in parameters}
    return prepare
