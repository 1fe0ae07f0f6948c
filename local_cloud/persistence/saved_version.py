"""The versions and the region of a saved state. Only the same versions can restore it."""

from __future__ import annotations

import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

from local_cloud.errors import LocalCloudError
from local_cloud.json_files import read_json, write_json

# Increase it when classes change whose objects are saved.
_FORMAT = 1
_FILE = "version.json"


class NotRestorable(LocalCloudError):
    """The saved state cannot be restored by this version, or in this region."""


def write_version(folder: Path, region: str) -> None:
    """Write the versions and the region of a new saved state."""
    write_json(folder / _FILE, _versions(region))


def check_version(folder: Path, region: str) -> None:
    """Raise `NotRestorable` if the folder has a saved state of other versions or another region."""
    if not folder.exists():
        return
    try:
        saved = read_json(folder / _FILE) or {}
    except ValueError:
        saved = {}
    wanted = _versions(region)
    differences = [
        f"{name} {saved.get(name, 'unknown')} instead of {value}"
        for name, value in wanted.items()
        if saved.get(name) != value
    ]
    if differences:
        raise NotRestorable(
            f"The state in {folder} was saved with {', '.join(differences)}. Start with the same "
            "versions and region, or start empty with `python -m local_cloud up --fresh`, which "
            "deletes the saved state."
        )


def _versions(region: str) -> dict[str, Any]:
    packages = {name: version(name) for name in ("moto", "duckdb")}
    python = ".".join(platform.python_version_tuple()[:2])
    return {"format": _FORMAT, "region": region, "python": python, **packages}
