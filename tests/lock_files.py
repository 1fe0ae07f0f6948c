"""Reads the lock files of the Python packages, requirements*.txt."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement

REPOSITORY = Path(__file__).parents[1]
LOCK_FILES = sorted(REPOSITORY.glob("requirements*.txt"))
EVERYTHING = REPOSITORY / "requirements.txt"
SYNTH = REPOSITORY / "requirements-synth.txt"
DEV = REPOSITORY / "requirements-dev.txt"


@dataclass(frozen=True)
class Pin:
    """A version of a package, with the marker of the machines that install it."""

    name: str
    version: str
    marker: str
    hashes: frozenset[str]


def pins(path: Path) -> set[Pin]:
    """Return the packages of a lock file."""
    lines = path.read_text().replace("\\\n", " ").splitlines()
    return {_pin(line) for line in lines if line.strip() and not line.lstrip().startswith("#")}


def _pin(line: str) -> Pin:
    requirement, *hashes = re.split(r"\s+--hash=", line.strip())
    parsed = Requirement(requirement)
    (specifier,) = parsed.specifier
    assert specifier.operator == "==", line
    return Pin(parsed.name, specifier.version, str(parsed.marker or ""), frozenset(hashes))


def named_in(path: Path) -> set[str]:
    """Return the names of packages that a requirements*.in file lists."""
    lines = (line.partition("#")[0].strip() for line in path.read_text().splitlines())
    return {Requirement(line).name for line in lines if line and not line.startswith("-")}
