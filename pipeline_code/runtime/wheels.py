"""Installs the wheels of a pipeline's requirements.txt in a job, without pip and a network.

Source of the format: https://packaging.python.org/en/latest/specifications/binary-distribution-format/
"""

import contextlib
import hashlib
import os
import pkgutil
import re
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from pipeline_code.runtime.container import Container
from pipeline_code.runtime.job_errors import JobError

# The file in the pipeline's folder with the names and hashes of the wheels, and the input or
# channel of a job with the wheels.
LOCK, INPUT = "wheels.lock", "wheels"
# The variable that tells the processes of a job where the packages are.
_VARIABLE = "PIPELINE_PACKAGES"
# The folders of a wheel's `.data` whose files belong into site-packages; scripts do not.
_IMPORTED = ("purelib", "platlib")
_EXECUTABLE = 0o111


def install(package: str, container: Container, *, wheels: str = INPUT) -> None:
    """Make the packages of the job's wheels importable, before those of the image.

    `package` is the package with the wheels.lock. A job without the input `wheels` uses only its
    image. Processes of a job unpack the wheels once. Raises JobError if the wheels are not those of
    wheels.lock.
    """
    folder = (container.processing_input if container.is_processing else container.channel)(wheels)
    lock = _lock(package)
    if lock is None or not folder.is_dir():
        return
    (archive,) = folder.glob("*.zip")
    target = _unpacked(archive, lock, container.opt_ml)
    if str(target) in sys.path:
        return
    # After the archive of the pipeline, which must not be shadowed.
    sys.path.insert(1, str(target))
    later = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join([str(target), *([later] if later else [])])
    os.environ[_VARIABLE] = str(target)


def _unpacked(archive: Path, lock: str, opt_ml: Path) -> Path:
    """Return the folder with the unpacked wheels. It gets its name when it is complete."""
    target = opt_ml / f"packages-{hashlib.sha256(lock.encode()).hexdigest()[:16]}"
    if not target.is_dir():
        unpacked = Path(tempfile.mkdtemp(prefix=f"{target.name}-", dir=opt_ml))
        unpack_wheels(archive, locked(lock), unpacked)
        with contextlib.suppress(OSError):  # another process of the job was faster
            unpacked.rename(target)
        shutil.rmtree(unpacked, ignore_errors=True)
    return target


def _lock(package: str) -> str | None:
    """Return the text of the lock file in the archive of the pipeline, if it has one."""
    try:
        return (pkgutil.get_data(package, LOCK) or b"").decode()
    except OSError:
        return None


def copy_packages(target: Path) -> None:
    """Copy the installed packages, if any, into the folder `target`."""
    if _VARIABLE in os.environ:
        shutil.copytree(
            os.environ[_VARIABLE],
            target,
            dirs_exist_ok=True,
            ignore=shutil.ignore_patterns("__pycache__"),
        )


def normalized(name: str) -> str:
    """Return the normalized name of a package."""
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(lock: str) -> dict[str, frozenset[str]]:
    """Return name -> hashes of the packages in the text of a lock file.

    Each package is a line `name==version`, with `--hash=sha256:…` after it or in the next lines.
    """
    found: dict[str, frozenset[str]] = {}
    for line in lock.replace("\\\n", " ").splitlines():
        requirement, *hashes = line.split("--hash=")
        name, _, version = requirement.partition("==")
        if version and not line.startswith("#"):
            found[normalized(name.strip())] = frozenset(each.strip() for each in hashes)
    return found


def unpack_wheels(archive: Path, expected: Mapping[str, frozenset[str]], target: Path) -> None:
    """Unpack the wheels in `archive` into `target`. `expected` is name -> allowed hashes.

    Raises JobError, which names the wheel, for a wheel with another hash and for a missing one.
    """
    missing = set(expected)
    with zipfile.ZipFile(archive) as opened:
        for wheel in sorted(opened.namelist()):
            name = normalized(wheel.partition("-")[0])
            with opened.open(wheel) as content:
                digest = f"sha256:{hashlib.file_digest(content, 'sha256').hexdigest()}"  # type: ignore[arg-type]
            if digest not in expected.get(name, ()):
                raise JobError(
                    f"the wheel {wheel} has the hash {digest}, which {LOCK} does not contain for "
                    f"{name}: deploy the pipeline again, with the wheels of its {LOCK}"
                )
            with opened.open(wheel) as content, zipfile.ZipFile(content) as unpacked:
                _unpack(unpacked, target)
            missing.discard(name)
    if missing:
        raise JobError(
            f"{archive.name} lacks {', '.join(sorted(missing))} of {LOCK}: deploy the pipeline "
            "again, with the wheels of this file"
        )


def _unpack(wheel: zipfile.ZipFile, target: Path) -> None:
    for member in wheel.infolist():
        path = _place(PurePosixPath(member.filename))
        if path is None or member.is_dir():
            continue
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        with wheel.open(member) as content, (target / path).open("wb") as file:
            shutil.copyfileobj(content, file)
        if member.external_attr >> 16 & _EXECUTABLE:
            (target / path).chmod(0o755)


def _place(path: PurePosixPath) -> PurePosixPath | None:
    """Return the path of a wheel's member in site-packages, or None if it is not imported."""
    if path.is_absolute() or ".." in path.parts:
        raise JobError(f"a wheel has the member {str(path)[:200]!r} outside of its own folder")
    if not path.parts[0].endswith(".data"):
        return path
    return PurePosixPath(*path.parts[2:]) if path.parts[1] in _IMPORTED else None
