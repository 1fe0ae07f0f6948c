"""Commands: python -m pipeline_code new NAME, add NAME ENV, and wheels [NAME …]."""

import argparse
import sys
from collections.abc import Sequence

from pipeline_code.scaffold import add
from pipeline_code.scaffold import command as new
from pipeline_code.wheelhouse import command as wheels

COMMANDS = {"new": new, "add": add, "wheels": wheels}


def main(arguments: Sequence[str]) -> int:
    """Run one command and return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m pipeline_code", description="Creates and prepares pipelines."
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
