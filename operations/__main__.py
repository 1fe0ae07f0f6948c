"""`python -m operations`, and the console command `redline`."""

import os
import sys
from pathlib import Path

# Python finds its own modules and libraries first, then those of PYTHONPATH and of the current
# folder, which may have the same names, and the application's modules, such as `stacks`.
_later = {"", sys.path[0], *os.environ.get("PYTHONPATH", "").split(os.pathsep)}
sys.path.sort(key=_later.__contains__)
sys.path.append(str(Path(__file__).resolve().parents[1]))

from operations.command_line import run_command  # noqa: E402  # after the order of the folders


def redline() -> int:
    """Run the console command."""
    return _main(program="redline")


def _main(program: str) -> int:
    return run_command(lambda: _run(program))


def _run(program: str) -> int:
    # Ctrl-C and errors during these imports are handled, too.
    import warnings

    from operations.cli import main

    # Warnings are for the authors of this package, also if PYTHONWARNINGS makes them errors.
    warnings.simplefilter("ignore")
    return main(sys.argv[1:], program=program)


if __name__ == "__main__":
    sys.exit(_main(program="python -m operations"))
