"""The commands `python -m pipeline_code.compiler compile NAME` and `… lint NAME|FILE …`."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from local_cloud.command_line import run_command
from pipeline_code.compiler.compiled import Request, compiled, compiled_all
from pipeline_code.compiler.errors import DefinitionError, OptionError
from pipeline_code.compiler.lint import lint, report
from pipeline_code.compiler.options import parse_options
from pipeline_code.compiler.step_scripts import check_scripts
from pipeline_code.pipelines import folder_of
from pipeline_code.source_files import SourceError


def main(arguments: Sequence[str]) -> int:
    """Run one command and return the exit status."""
    parsed = _parser().parse_args(arguments)
    return run_command(lambda: _run(parsed), DefinitionError, SourceError)


def _run(parsed: argparse.Namespace) -> int:
    status: int = parsed.run(parsed, parse_options(parsed.option))
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m pipeline_code.compiler",
        description="Compile pipelines' definitions offline, and check them.",
    )
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("compile", help="print a pipeline's definition as JSON")
    command.add_argument("pipeline", help="a folder of pipeline_code, for example tickit")
    command.set_defaults(run=_compile)
    _add_options(command)
    command = commands.add_parser("lint", help="check definitions; exit 1 if one violates rules")
    command.add_argument("names", nargs="+", metavar="NAME", help="a pipeline, or a JSON file")
    command.set_defaults(run=_lint)
    _add_options(command)
    return parser


def _add_options(command: argparse.ArgumentParser) -> None:
    text = "an option of the pipeline; may be repeated"
    command.add_argument("--option", action="append", default=[], metavar="NAME=VALUE", help=text)


def _compile(parsed: argparse.Namespace, options: dict[str, str]) -> int:
    found = compiled(parsed.pipeline, options=options)
    document = {"body": found.body, "manifest": found.manifest.to_document()}
    print(json.dumps(document, indent=1))
    return 0


def _lint(parsed: argparse.Namespace, options: dict[str, str]) -> int:
    files = [name for name in parsed.names if name.endswith(".json")]
    if files and options:
        raise OptionError(f"{files[0]} is already compiled: options are for pipelines only")
    names = [name for name in parsed.names if name not in files]
    found = compiled_all([Request(name, options) for name in names], check=False)
    for definition in found:
        check_scripts(folder_of(definition.name), definition.manifest.images)
    bodies = {
        **{name: _read(Path(name)) for name in files},
        **{definition.name: definition.body for definition in found},
    }
    findings = {name: lint(bodies[name]) for name in parsed.names}
    for name, each in findings.items():
        print(report(name, each) if each else f"{name}: no findings")
    return 1 if any(findings.values()) else 0


def _read(path: Path) -> dict[str, Any]:
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, RecursionError, ValueError) as error:
        raise DefinitionError(f"{path} cannot be read as JSON: {error}") from error
    if not isinstance(body, dict):
        raise DefinitionError(f"{path} contains no definition: allowed is one JSON object")
    return body


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
