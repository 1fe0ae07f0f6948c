"""The commands `python -m pipeline_code.definition compile NAME` and `… lint NAME|FILE`."""

import argparse
import json
import logging
import sys
from pathlib import Path
from typing import Any

from pipeline_code.definition.compiled import FINDINGS_STATUS, pipeline_folder
from pipeline_code.definition.errors import DefinitionError, OptionError
from pipeline_code.definition.findings import Finding
from pipeline_code.definition.lint import lint
from pipeline_code.definition.offline import go_offline
from pipeline_code.definition.options import parse_options


def main(arguments: list[str]) -> int:
    """Run one command; gives the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m pipeline_code.definition",
        description="Compile pipelines' definitions offline, and check them.",
    )
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("compile", help="print a pipeline's definition as JSON")
    command.add_argument("pipeline", help="a folder of pipeline_code, for example tickit")
    command.set_defaults(run=_compile)
    _add_options(command)
    command = commands.add_parser("lint", help="check a definition; exit 1 when it breaks rules")
    command.add_argument("pipeline", help="a folder of pipeline_code, or a JSON file")
    command.set_defaults(run=_lint)
    _add_options(command)
    parsed = parser.parse_args(arguments)
    try:
        status: int = parsed.run(parsed.pipeline, parse_options(parsed.option))
    except DefinitionError as error:
        print(error, file=sys.stderr)
        return 2
    return status


def _add_options(command: argparse.ArgumentParser) -> None:
    text = "a choice that the pipeline offers; may be given several times"
    command.add_argument("--option", action="append", default=[], metavar="NAME=VALUE", help=text)


def _compile(name: str, options: dict[str, str]) -> int:
    document = _compiled(name, options)
    findings = lint(document["body"])
    if findings:
        print(_report(name, findings))
        return FINDINGS_STATUS
    print(json.dumps(document, indent=1))
    return 0


def _lint(name: str, options: dict[str, str]) -> int:
    is_file = name.endswith(".json")
    if is_file and options:
        raise OptionError(f"{name} is compiled already: options are for a pipeline")
    findings = lint(_read(Path(name)) if is_file else _compiled(name, options)["body"])
    print(_report(name, findings) if findings else f"{name}: no findings")
    return 1 if findings else 0


def _read(path: Path) -> dict[str, Any]:
    try:
        body = json.loads(path.read_text())
    except (OSError, RecursionError, ValueError) as error:
        raise DefinitionError(f"{path} cannot be read as JSON: {error}") from error
    if not isinstance(body, dict):
        raise DefinitionError(f"{path} holds no definition: allowed is one JSON object")
    return body


def _compiled(name: str, options: dict[str, str]) -> dict[str, Any]:
    pipeline_folder(name)
    go_offline()
    logging.disable(logging.INFO)  # the SDK tells which defaults it chose
    from pipeline_code.definition.compiler import compile_definition

    return compile_definition(name, options)


def _report(name: str, findings: list[Finding]) -> str:
    return "\n".join([f"{name}: {len(findings)} findings", *map(str, findings)])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
