"""Commands of python -m pipeline_code: create and change pipelines, analyse files."""

import argparse
import sys
from collections.abc import Sequence

from pipeline_code.feature_groups import command as feature_groups
from pipeline_code.file_analysis import command as analyse
from pipeline_code.flow_export import command as flow_export
from pipeline_code.scaffold import add, monitor
from pipeline_code.scaffold import command as new
from pipeline_code.trial import command as trial
from pipeline_code.wheelhouse import command as wheels

COMMANDS = {
    "new": new,
    "add": add,
    "monitor": monitor,
    "try": trial,
    "wheels": wheels,
    "feature-groups": feature_groups,
    "analyse": analyse,
    "export": flow_export,
}


def main(arguments: Sequence[str]) -> int:
    """Run one command and return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m pipeline_code",
        description="Creates pipelines, and analyses files.",
    )
    commands = parser.add_subparsers(required=True)
    for name, module in COMMANDS.items():
        command = commands.add_parser(name, help=module.HELP)
        module.add_arguments(command)
        command.set_defaults(run=module.run)
    parsed = parser.parse_args(arguments)
    status: int = parsed.run(parsed)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
