"""Runs one command of a job and ends it, whole, as soon as the server is gone.

Started as a script by the server, which holds the other end of its standard input: when that
closes, for whatever reason, the command's process group is killed. SIGTERM is handed on.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading


def main(command: list[str]) -> int:
    """Run the command; returns its exit code, 128 + n when a signal n ended it."""
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
    signal.signal(signal.SIGTERM, lambda *_: _signal_group(child.pid, signal.SIGTERM))
    threading.Thread(target=_kill_at_end_of_input, args=[child.pid], daemon=True).start()
    code = child.wait()
    _signal_group(child.pid, signal.SIGKILL)
    return 128 - code if code < 0 else code


def _kill_at_end_of_input(group: int) -> None:
    # Not sys.stdin: its lock, held by a daemon thread, aborts the interpreter when it ends.
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
