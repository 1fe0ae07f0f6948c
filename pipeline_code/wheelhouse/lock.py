"""The file wheels.lock: the packages that a pipeline's requirements add to its image."""

import hashlib
import subprocess
import sys
from pathlib import Path

from pipeline_code.compiler.errors import WheelhouseError
from pipeline_code.compiler.images import GLIBC, IMAGES
from pipeline_code.runtime.wheels import LOCK, locked
from pipeline_code.wheelhouse.requirements import FILE, read_requirements

# The file is committed, so it contains no host of an index and no path of a machine.
_OPTIONS = (
    *("--generate-hashes", "--no-header", "--no-annotate", "--no-emit-index-url"),
    *("--no-emit-find-links", "--no-python-downloads", "--only-binary", ":all:", "--quiet"),
)


def current_lock(folder: Path, image: str) -> str:
    """Return the text of the lock file of a pipeline whose jobs have the image `image`.

    Raises:
        WheelhouseError: the lock does not exist, or is for other requirements or another image.
    """
    path = folder / LOCK
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    if not text.startswith(_header(folder, image)):
        problem = "was written for other requirements or another image" if text else "is missing"
        raise WheelhouseError(
            f"{path} {problem}: jobs have no network, so they get the packages of {FILE} as "
            f"wheels; run `python -m pipeline_code wheels {folder.name}`, and commit the file"
        )
    return text


def write_lock(folder: Path, image: str) -> str:
    """Write the lock file, the versions and hashes of what the image lacks, and return its text.

    Packages of the image keep their versions, because the image was tested with them.

    Raises:
        WheelhouseError: the requirements have no wheels for the image, or contradict its packages.
    """
    given = read_requirements(folder / FILE)
    resolved = _resolve(folder / FILE, image)
    for name, hashes in given.items():
        found = locked(resolved).get(name, hashes)
        if hashes - found:
            raise WheelhouseError(
                f"{folder / FILE}: the index has no file of {name} with the hash "
                f"{', '.join(sorted(hashes - found))}: correct the hash, or remove it"
            )
    text = _header(folder, image) + resolved
    (folder / LOCK).write_text(text, encoding="utf-8")
    return text


def _header(folder: Path, image: str) -> str:
    known = IMAGES[image]
    digest = hashlib.sha256((folder / FILE).read_bytes()).hexdigest()
    return (
        f"# Written by `python -m pipeline_code wheels {folder.name}`: what {FILE} adds to the "
        "image\n"
        f"# {image} {known.version} (Python {known.python}, glibc 2.{GLIBC}). SHA-256 of {FILE}:\n"
        f"# {digest}\n"
    )


def _resolve(requirements: Path, image: str) -> str:
    known = IMAGES[image]
    held = [line for line in known.packages.read_text().splitlines() if not line.startswith("#")]
    omitted = [word for pin in held for word in ("--no-emit-package", pin.partition("==")[0])]
    command = [
        *(sys.executable, "-m", "uv", "pip", "compile", str(requirements), *_OPTIONS, *omitted),
        *("--constraint", str(known.packages), "--python-version", known.python),
        *("--python-platform", f"x86_64-manylinux_2_{GLIBC}"),
    ]
    child = subprocess.run(command, capture_output=True, text=True, check=False)
    if child.returncode:
        raise WheelhouseError(
            f"{requirements} cannot be installed in the image {image}, whose packages keep their "
            f"versions ({known.packages}): change the versions, or build an image of your own:\n"
            f"{child.stderr.strip()}"
        )
    return child.stdout
