"""The laptop run's commands, timed one by one."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]


@dataclass
class Stopwatch:
    """Seconds by what was done, in the order it was done."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def timing(self, name: str) -> Iterator[None]:
        """Time the block and keep its seconds under `name`."""
        started = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - started


@dataclass(frozen=True)
class Laptop:
    """A laptop cloud of the benchmark's own."""

    state: Path

    def run(self, *arguments: str) -> str:
        """Run a command; its output. Raises CalledProcessError when it fails."""
        command = [sys.executable, "-m", "local_cloud", "--state", str(self.state), *arguments]
        ended = subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, text=True)
        return ended.stdout

    def json(self, *arguments: str) -> Any:
        """Run a command; its JSON document."""
        return json.loads(self.run(*arguments, "--json"))


def run_python(*arguments: str, environment: dict[str, str] | None = None) -> None:
    """Run Python in a process of its own. Raises CalledProcessError when it fails."""
    command = [sys.executable, *arguments]
    subprocess.run(command, cwd=REPOSITORY, check=True, stdout=subprocess.DEVNULL, env=environment)
