"""Runs one command of a job and kills all its processes when the server ends.

The server starts this file as a script, and keeps the other end of its standard input open. When
that end closes for any reason, the command's process group is killed. SIGTERM is passed to the
command.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading


def main(command: list[str]) -> int:
    """Run the command. Return its exit code, or 128 + n if signal n ended it."""
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
    signal.signal(signal.SIGTERM, lambda *_: _signal_group(child.pid, signal.SIGTERM))
    threading.Thread(target=_kill_at_end_of_input, args=[child.pid], daemon=True).start()
    code = child.wait()
    _signal_group(child.pid, signal.SIGKILL)
    return 128 - code if code < 0 else code


def _kill_at_end_of_input(group: int) -> None:
    # Do not use sys.stdin: a daemon thread that holds its lock aborts the interpreter at exit.
    while os.read(0, 1):
        pass
    _signal_group(group, signal.SIGKILL)


def _signal_group(group: int, number: signal.Signals) -> None:
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
