"""Measures the cost of authorization: deploys, loads and runs tickit with and without it.

Command: python -m benchmarks.permissions. Prints seconds, and a ratio that must stay below 1.3.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from benchmarks.laptop import Laptop

LIMIT = 1.3
ROUNDS = 3
COMMANDS = (("deploy", "local"), ("load",), ("tick", "tickit"))
_WITHOUT = (
    "import sys; from local_cloud import server; from local_cloud.faults import admission; "
    "admission.authorize = lambda *_: None; sys.exit(server.main(sys.argv[1:]))"
)
_WITH = "import sys; from local_cloud import server; sys.exit(server.main(sys.argv[1:]))"
_START_SECONDS = 60


def main() -> int:
    """Measure requests with and without authorization. Return 1 if the ratio is above the limit."""
    seconds: dict[str, list[float]] = {_WITH: [], _WITHOUT: []}
    for number in range(ROUNDS):
        # Alternate the order of the two programs.
        for program in sorted(seconds, reverse=bool(number % 2)):
            seconds[program].append(_measure(program))
    # Compare the fastest runs: other load on the machine can only add time.
    ratio = min(seconds[_WITH]) / min(seconds[_WITHOUT])
    console = Console(highlight=False)
    for name, program in (("with authorization", _WITH), ("without", _WITHOUT)):
        console.print(f"{name:19}", *(f"{value:6.1f} s" for value in seconds[program]))
    console.print(f"ratio of the fastest runs: {ratio:.2f} (limit {LIMIT})")
    return int(ratio > LIMIT)


def _measure(program: str) -> float:
    """Start a server with the program and return the duration of the commands in seconds."""
    with tempfile.TemporaryDirectory() as folder, _server(program, Path(folder)) as laptop:
        started = time.monotonic()
        for command in COMMANDS:
            laptop.run(*command)
        return time.monotonic() - started


@contextmanager
def _server(program: str, state: Path) -> Iterator[Laptop]:
    command = [sys.executable, "-c", program, "--state", str(state)]
    with (state / "server.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=os.environ)
    try:
        deadline = time.monotonic() + _START_SECONDS
        while not (state / "server.json").is_file():
            assert time.monotonic() < deadline, "the server did not start in time"
            time.sleep(0.1)
        yield Laptop(state)
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    sys.exit(main())
