"""`python -m local_cloud`, and the console command `laptop`."""

import os
import sys

# Python finds its own modules and this package's libraries first, then those of PYTHONPATH and of
# the current folder, which may have the same names.
_later = {"", sys.path[0], *os.environ.get("PYTHONPATH", "").split(os.pathsep)}
sys.path.sort(key=_later.__contains__)

from local_cloud.command_line import run_command  # noqa: E402  # after the order of the folders


def laptop() -> int:
    """Run the console command."""
    return _main(program="laptop")


def _main(program: str) -> int:
    return run_command(lambda: _run(program))


def _run(program: str) -> int:
    # Ctrl-C and errors during these imports are handled, too.
    import warnings

    from local_cloud.child_environment import leave_account
    from local_cloud.cli import main

    leave_account()
    # Warnings are for the authors of this package, also if PYTHONWARNINGS makes them errors.
    warnings.simplefilter("ignore")
    return main(sys.argv[1:], program=program)


if __name__ == "__main__":
    sys.exit(_main(program="python -m local_cloud"))
