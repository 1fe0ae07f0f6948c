"""The packages of an image, installed by uv into a folder that is named after their versions.

The packages of a base image are those of this machine. They keep their versions, unless the
Dockerfile pins another one. A package is for the Python of this machine.
"""

from __future__ import annotations

import hashlib
import platform
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from importlib.metadata import distributions
from pathlib import Path

from local_cloud.errors import LocalCloudError
from local_cloud.image_builds.image_recipe import PYTHON, REQUIREMENTS, Recipe

# Name and version of a pinned package, whose name is normalized.
_PIN = re.compile(r"([a-z0-9-]+)(?:\[[^]]*\])?\s*==\s*([\w.!+-]+)")


class PackagesNotInstalled(LocalCloudError):
    """The packages of an image cannot be resolved or installed."""


def install_packages(recipe: Recipe, context: Path, folder: Path) -> Path:
    """Return the folder below `folder` with the packages of a recipe; install them only once.

    `context` is the folder of the Dockerfile.

    Raises:
        PackagesNotInstalled: uv cannot resolve, fetch or install them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    base = {} if recipe.base == PYTHON else _installed()
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        wanted, locked = Path(scratch, "wanted.txt"), Path(scratch, "locked.txt")
        lines = [*recipe.pins, *(_lines(context / REQUIREMENTS) if recipe.with_file else [])]
        wanted.write_text("".join(f"{line}\n" for line in lines if not _is_held(line, base)))
        locked.write_text(_resolved(wanted, base, Path(scratch)))
        content = [platform.python_version(), wanted.read_text(), locked.read_text()]
        kept = folder / hashlib.sha256("\n".join(content).encode()).hexdigest()[:32]
        if not kept.is_dir():
            target = Path(scratch, "packages")
            target.mkdir()
            # Hashes in `wanted` are verified.
            _uv(
                *("install", "--no-deps", "--target", str(target)),
                *("--requirement", str(wanted), "--requirement", str(locked)),
            )
            target.rename(kept)
    return kept


def _resolved(wanted: Path, base: Mapping[str, str], scratch: Path) -> str:
    """Return the versions of the packages that the base image lacks, one a line."""
    pinned = {found[1] for line in _lines(wanted) if (found := _PIN.match(_normalized(line)))}
    held = {name: version for name, version in base.items() if name not in pinned}
    constraints = scratch / "base.txt"
    constraints.write_text("".join(f"{name}=={version}\n" for name, version in held.items()))
    return _uv(
        *("compile", "--no-header", "--no-annotate", "--constraint", str(constraints)),
        *(word for name in held for word in ("--no-emit-package", name)),
        str(wanted),
    )


def _lines(file: Path) -> list[str]:
    """Return the requirements of a file; lines that end with a backslash are joined."""
    joined = file.read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [re.sub(r"(^|\s)#.*", "", line).strip() for line in joined.splitlines()]
    return [line for line in lines if line]


def _is_held(line: str, base: Mapping[str, str]) -> bool:
    """Whether the base image has the pinned version."""
    found = _PIN.match(_normalized(line))
    return found is not None and base.get(found[1]) == found[2]


def _installed() -> dict[str, str]:
    """Return the packages of this machine: normalized name -> version."""
    return {_normalized(each.name): each.version for each in distributions()}


def _normalized(requirement: str) -> str:
    """Return a requirement with the normalized name of its package."""
    name = re.match(r"[\w.-]*", requirement)
    assert name is not None
    return re.sub(r"[-_.]+", "-", name[0]).lower() + requirement[name.end() :]


def _uv(operation: str, *arguments: str) -> str:
    """Return the output of `uv pip <operation>`. Raises `PackagesNotInstalled`."""
    command = [sys.executable, "-m", "uv", "pip", operation, "--quiet", "--no-progress"]
    ended = subprocess.run(
        [*command, "--no-config", "--python", sys.executable, *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode:
        raise PackagesNotInstalled(f"pip install failed:\n{ended.stderr.strip()}")
    return ended.stdout
