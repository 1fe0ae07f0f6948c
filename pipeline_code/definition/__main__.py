"""The commands `python -m pipeline_code.definition compile NAME` and `… lint NAME|FILE`."""

import argparse
import json
import logging
import sys

from pipeline_code.definition.compiler import compile_definition
from pipeline_code.definition.offline import go_offline


def main(arguments: list[str]) -> int:
    """Run one command; gives the exit status."""
    parser = argparse.ArgumentParser(prog="python -m pipeline_code.definition")
    parser.add_argument("command", choices=["compile"])
    parser.add_argument("name")
    parsed = parser.parse_args(arguments)
    go_offline()
    logging.disable(logging.INFO)  # the SDK tells which defaults it chose
    print(json.dumps(compile_definition(parsed.name), indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
