"""Fetches the wheels of a lock file, and packs them for jobs."""

import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

from pipeline_code.archive import FIXED_DATE
from pipeline_code.compiler.errors import WheelhouseError
from pipeline_code.compiler.fingerprint import REPOSITORY
from pipeline_code.compiler.images import GLIBC, IMAGES
from pipeline_code.runtime.wheels import LOCK, locked, normalized
from pipeline_code.wheelhouse.lock import current_lock

WHEELS = REPOSITORY / ".build" / "wheels"
_ZIP64 = 2**31


def fetch_wheels(folder: Path, image: str, *, wheels: Path = WHEELS) -> Path:
    """Return the folder with the wheels of a lock file; fetch them if they are not there.

    Raises:
        WheelhouseError: a wheel cannot be fetched, or has another hash than in the lock file.
    """
    text = current_lock(folder, image)
    kept = kept_wheels(wheels, text)
    if not kept.is_dir():
        wheels.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=wheels) as fetched:
            _download(folder / LOCK, image, Path(fetched))
            shutil.copytree(fetched, kept, dirs_exist_ok=True)
    return kept


def build_wheelhouse(
    name: str, image: str, folder: Path, locking: Path, *, wheels: Path = WHEELS
) -> Path:
    """Write `folder/<name>-wheels.zip`, the wheels of the lock file in the folder `locking`.

    Equal wheels produce equal bytes. Needs no network.

    Raises:
        WheelhouseError: the lock file is not current, or a wheel was not fetched or has another
        hash.
    """
    text = current_lock(locking, image)
    found = sorted(kept_wheels(wheels, text).glob("*.whl"))
    _check(found, text, locking)
    archive = folder / f"{name}-wheels.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as opened:
        for wheel in found:
            entry = zipfile.ZipInfo(wheel.name, FIXED_DATE)
            large = wheel.stat().st_size >= _ZIP64
            with wheel.open("rb") as file, opened.open(entry, "w", force_zip64=large) as written:
                shutil.copyfileobj(file, written)
    return archive


def kept_wheels(wheels: Path, lock: str) -> Path:
    """Return the folder below `wheels` for the wheels of the text of a lock file."""
    return wheels / hashlib.sha256(lock.encode()).hexdigest()[:32]


def _check(wheels: Sequence[Path], lock: str, pipeline: Path) -> None:
    expected = locked(lock)
    remedy = f"run `python -m pipeline_code wheels {pipeline.name}`"
    for wheel in wheels:
        name = normalized(wheel.name.partition("-")[0])
        with wheel.open("rb") as file:
            digest = f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"
        if digest not in expected.get(name, ()):
            raise WheelhouseError(
                f"{wheel} has the hash {digest}, which {pipeline / LOCK} does not contain for "
                f"{name}: delete the file, and {remedy}"
            )
        del expected[name]
    if expected:
        raise WheelhouseError(
            f"the wheels of {', '.join(sorted(expected))} ({pipeline / LOCK}) are not on this "
            f"machine: {remedy}, which fetches them"
        )


def _download(lock: Path, image: str, target: Path) -> None:
    """Fetch the wheels for the image's Python and platform; pip compares their hashes."""
    # A newer glibc runs the wheels for an older one (PEP 600).
    versions = [f"manylinux_2_{minor}" for minor in range(GLIBC, 4, -1)]
    names = [*versions, "manylinux2014", "manylinux2010", "manylinux1"]
    platforms = [word for name in names for word in ("--platform", f"{name}_x86_64")]
    command = [
        *(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"),
        *("--no-deps", "--require-hashes", "--only-binary", ":all:", "--dest", str(target)),
        *("--implementation", "cp", "--python-version", IMAGES[image].python, *platforms),
        *("--requirement", str(lock)),
    ]
    child = subprocess.run(command, capture_output=True, text=True, check=False)
    if child.returncode:
        raise WheelhouseError(
            f"the wheels of {lock} cannot be fetched; the package index must be reachable, and "
            f"the hashes must be those of the file:\n{child.stderr.strip()}"
        )
