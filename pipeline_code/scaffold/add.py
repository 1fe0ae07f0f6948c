"""The command `add`: adds the line of a pipeline to an environment in stacks/environments.py."""

import argparse
import ast
from pathlib import Path

from local_cloud.command_line import run_command
from pipeline_code.pipelines import folder_of
from pipeline_code.scaffold.errors import InvalidName, ScaffoldError

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENTS = Path("stacks/environments.py")
INDENT = 4
LINE = 'Pipeline(name="{name}", schedule=Schedule(expression="rate(1 day)"))'
SERVED_LINE = LINE.removesuffix(")") + ", serving=Serving())"

HELP = "add a pipeline to an environment"


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    command.add_argument("name", metavar="NAME", help="the pipeline")
    command.add_argument("environment", metavar="ENV", help="the environment, such as local")
    command.add_argument(
        "--endpoint", action="store_true", help="serve its approved models by an endpoint"
    )


def run(parsed: argparse.Namespace, *, root: Path = ROOT) -> int:
    """Run the command; return 0, or 2 after printing why the line was not added."""
    return run_command(lambda: _run(parsed, root), ScaffoldError, error_prefix="error: ")


def _run(parsed: argparse.Namespace, root: Path) -> int:
    name, environment = parsed.name, parsed.environment
    if not (folder_of(name, root / "pipeline_code") / "pipeline.py").is_file():
        raise InvalidName(f"pipeline_code has no pipeline {name!r}: create it with `new {name}`")
    path = root / ENVIRONMENTS
    line = SERVED_LINE if parsed.endpoint else LINE
    source = path.read_text(encoding="utf-8")
    path.write_text(with_pipeline(source, name, environment, line), "utf-8")
    served = "with an endpoint" if parsed.endpoint else "without an endpoint"
    print(f"Added {name} to {environment} in {ENVIRONMENTS}: once a day, {served}.")
    return 0


def with_pipeline(source: str, name: str, environment: str, line: str = LINE) -> str:
    """Return the source of the environments with one more pipeline, the last of `environment`.

    Raises ScaffoldError if the environment has the pipeline, or no tuple of pipelines.
    """
    pipelines = _pipelines(source, environment)
    indented = " " * (_indentation(source, pipelines) + INDENT)
    if any(_argument(each, "name") == name for each in pipelines.elts):
        raise ScaffoldError(f"{environment} has the pipeline {name!r} already")
    line = line.format(name=name)
    if not pipelines.elts:
        end = _offset(source, pipelines.end_lineno, pipelines.end_col_offset) - 1
        return f"{source[:end]}\n{indented}{line},\n{indented[INDENT:]}{source[end:]}"
    last = pipelines.elts[-1]
    end = _offset(source, last.end_lineno, last.end_col_offset)
    rest = source[end:].lstrip()
    separated = f",\n{indented}{line}"
    return f"{source[:end]}{separated}{source[end:] if rest[0] == ',' else f',{source[end:]}'}"


def _pipelines(source: str, environment: str) -> ast.Tuple:
    """The tuple of the pipelines of an environment."""
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        raise ScaffoldError(f"{ENVIRONMENTS}, line {error.lineno}: {error.msg}") from error
    calls = [each for each in ast.walk(tree) if isinstance(each, ast.Call)]
    for call in calls:
        if getattr(call.func, "id", "") == "Environment" and _argument(call, "name") == environment:
            for keyword in call.keywords:
                if keyword.arg == "pipelines" and isinstance(keyword.value, ast.Tuple):
                    return keyword.value
    raise ScaffoldError(
        f"{ENVIRONMENTS} has no Environment(name={environment!r}, …) with pipelines=(…): add the "
        "line manually"
    )


def _indentation(source: str, pipelines: ast.Tuple) -> int:
    """The number of spaces before `pipelines=`, or before the call if it is in one line."""
    first = source.splitlines()[pipelines.lineno - 1]
    return len(first) - len(first.lstrip())


def _argument(call: ast.expr, name: str) -> object:
    """The constant value of a keyword argument of a call, or None."""
    keywords = call.keywords if isinstance(call, ast.Call) else []
    values = [each.value for each in keywords if each.arg == name]
    return values[0].value if values and isinstance(values[0], ast.Constant) else None


def _offset(source: str, line: int | None, column: int | None) -> int:
    """The index of a position of the syntax tree, whose columns are bytes."""
    lines = source.splitlines(keepends=True)
    assert line is not None and column is not None
    before = sum(map(len, lines[: line - 1]))
    return before + len(lines[line - 1].encode()[:column].decode())
