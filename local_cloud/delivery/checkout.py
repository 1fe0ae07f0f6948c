"""Clean clones of a commit: builds see what was committed, and nothing else of the folder."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from local_cloud.delivery.stages import DeliveryFailed


def commit_of(repository: Path, name: str) -> str:
    """Return the hash of a commit. Raises `DeliveryFailed`."""
    return _git("-C", str(repository), "rev-parse", "--verify", f"{name}^{{commit}}").strip()


@contextmanager
def checkout(repository: Path, commit: str) -> Iterator[Path]:
    """Clone the repository to a temporary folder with this commit. Raises `DeliveryFailed`."""
    with TemporaryDirectory(prefix="delivery-") as folder:
        clone = Path(folder) / "source"
        _git("clone", "--quiet", "--no-checkout", repository.resolve().as_uri(), str(clone))
        _git("-C", str(clone), "checkout", "--quiet", "--detach", commit)
        yield clone


def _git(*arguments: str) -> str:
    # In a hook, these variables name another repository.
    variables = {name: each for name, each in os.environ.items() if not name.startswith("GIT_")}
    try:
        ended = subprocess.run(
            ["git", *arguments], env=variables, capture_output=True, text=True, check=False
        )
    except FileNotFoundError as error:
        raise DeliveryFailed("git is not installed: a delivery clones the repository") from error
    if ended.returncode != 0:
        raise DeliveryFailed(f"git {arguments[-1]} failed: {ended.stderr.strip()}")
    return ended.stdout
