"""The files from which the image of a pipeline is built, and the tag that they determine."""

import hashlib
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from local_cloud.dockerfile import (
    DockerfileRefused,
    Instruction,
    base_images,
    copied_files,
    instructions,
)
from pipeline_code.archive import add_file
from pipeline_code.compiler.errors import DockerfileError
from pipeline_code.compiler.images import DOCKERFILE
from pipeline_code.source_files import source_files

_PINNED = re.compile(r"\S+@sha256:[0-9a-f]{64}")
_PATTERN = re.compile(r"[*?\[\]]")


@dataclass(frozen=True)
class BuildContext:
    """The archive of the files, the digest of its content, and the pinned images of the build."""

    archive: Path
    digest: str
    base_images: tuple[str, ...]


def build_context(folder: Path, target: Path) -> BuildContext:
    """Write the Dockerfile of a pipeline's folder and the files that it copies to an archive.

    The archive is `target/<folder>-image.zip`. Equal files produce equal bytes, and no other file
    of the folder changes them.

    Raises:
        DockerfileError: an image is not pinned by its digest, or a copied file cannot be packed.
    """
    dockerfile = folder / DOCKERFILE
    content = dockerfile.read_bytes()
    try:
        found = instructions(content.decode())
        bases = tuple(_pinned(each, image) for each, image in base_images(found))
        files = sorted({path for each in copied_files(found) for path in _files(folder, *each)})
    except DockerfileRefused as error:
        raise DockerfileError(f"{dockerfile}, {error}") from error
    if not bases:
        raise DockerfileError(f"{dockerfile} has no FROM: start it with FROM <image>@sha256:…")
    archive = target / f"{folder.name}-image.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as opened:
        add_file(opened, DOCKERFILE, content)
        for path in files:
            add_file(opened, path.relative_to(folder).as_posix(), path.read_bytes())
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    return BuildContext(archive, digest, tuple(dict.fromkeys(bases)))


def _pinned(instruction: Instruction, image: str) -> str:
    if not _PINNED.fullmatch(image):
        raise instruction.refused(
            f"the image {image} is not pinned: allowed is an image with its digest, "
            "<image>@sha256:<64 digits>, because a tag can be moved to another image; copy the "
            "digest from the registry of the image"
        )
    return image


def _files(folder: Path, instruction: Instruction, source: str) -> Iterator[Path]:
    """Yield the files of a source of COPY or ADD."""
    path = (folder / source.lstrip("/")).resolve()
    inside = path.is_relative_to(folder.resolve()) and path != folder.resolve()
    if not inside or _PATTERN.search(source):
        raise instruction.refused(
            f"{source} must be the name of a file or a folder below that of the Dockerfile, "
            "without patterns: otherwise each change of a script would build another image"
        )
    if not path.exists():
        raise instruction.refused(f"{source} does not exist in {folder}")
    found = [path] if path.is_file() else source_files(path, "**/*")
    yield from (folder / each.relative_to(folder.resolve()) for each in found if each.is_file())
