"""Replaces wheels for the Python of an image by those of the same releases for this machine.

A job runs with the Python of this machine. Its inputs may contain an archive of wheels for another
version of Python, or for another platform. The job, which installs them, verifies their hashes.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from packaging.tags import Tag, sys_tags
from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from local_cloud.sagemaker.exceptions import JobFailed


def replace_foreign_wheels(inputs: Path, wheels: Path) -> None:
    """Replace the foreign wheels in all archives of wheels below the folder `inputs`.

    `wheels` is the folder that keeps the fetched wheels. Raises `JobFailed` if a wheel cannot be
    fetched from the package index.
    """
    for archive in sorted(inputs.rglob("*.zip")):
        names = _wheels_in(archive)
        if any(map(_is_foreign, names)):
            _rewrite(archive, names, wheels)


def _wheels_in(archive: Path) -> list[str]:
    """Return the names of an archive's members, or nothing if a member is not a wheel."""
    if not zipfile.is_zipfile(archive):
        return []
    with zipfile.ZipFile(archive) as opened:
        names = opened.namelist()
    return names if all(name.endswith(".whl") and "/" not in name for name in names) else []


def _is_foreign(name: str) -> bool:
    try:
        *_, tags = parse_wheel_filename(name)
    except InvalidWheelFilename:
        return False
    return not tags & _tags()


@cache
def _tags() -> frozenset[Tag]:
    return frozenset(sys_tags())


def _rewrite(archive: Path, names: Sequence[str], wheels: Path) -> None:
    with tempfile.TemporaryDirectory(dir=archive.parent) as folder:
        written = Path(folder, archive.name)
        with zipfile.ZipFile(archive) as read, zipfile.ZipFile(written, "w") as made:
            for name in names:
                if _is_foreign(name):
                    own = _fetched(name, wheels)
                    made.write(own, own.name)
                else:
                    made.writestr(name, read.read(name))
        written.replace(archive)


def _fetched(name: str, wheels: Path) -> Path:
    """Return the wheel of the same release for this machine, from `wheels` or the index."""
    project, version, *_ = parse_wheel_filename(name)
    folder = wheels / f"{project}-{version}"
    if not folder.is_dir():
        wheels.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=wheels) as fetched:
            _download(f"{project}=={version}", Path(fetched, "wheel"))
            Path(fetched, "wheel").replace(folder)
    (wheel,) = folder.glob("*.whl")
    return wheel


def _download(requirement: str, folder: Path) -> None:
    command = [
        *(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"),
        *("--no-deps", "--only-binary", ":all:", "--dest", str(folder), requirement),
    ]
    child = subprocess.run(command, capture_output=True, text=True, check=False)
    if child.returncode:
        raise JobFailed(
            f"ClientError: The job has a wheel of {requirement} for another machine, and the wheel "
            f"for this one cannot be fetched: {child.stderr.strip()[-600:]}"
        )
