"""Command: python -m pipeline_code new NAME."""

import sys

from pipeline_code.scaffold.command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
