"""Runs commands of the laptop cloud and measures their duration."""

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
    """Name -> seconds, in the order of measurement."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def timing(self, name: str) -> Iterator[None]:
        """Measure the duration of the `with` block and store it under `name`."""
        started = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - started


@dataclass(frozen=True)
class Laptop:
    """A laptop cloud that only the benchmark uses."""

    state: Path

    def run(self, *arguments: str) -> str:
        """Run a command and return its output.

        Raises:
            CalledProcessError: the command failed.
        """
        command = [sys.executable, "-m", "local_cloud", "--state", str(self.state), *arguments]
        completed = subprocess.run(
            command, cwd=REPOSITORY, check=True, capture_output=True, text=True
        )
        return completed.stdout

    def json(self, *arguments: str) -> Any:
        """Run a command and return its JSON document."""
        return json.loads(self.run(*arguments, "--json"))


def run_python(*arguments: str, environment: dict[str, str] | None = None) -> None:
    """Run Python in a child process.

    Raises:
        CalledProcessError: the process failed.
    """
    command = [sys.executable, *arguments]
    subprocess.run(command, cwd=REPOSITORY, check=True, stdout=subprocess.DEVNULL, env=environment)
