"""Unpacks archives as if a stranger had made them: nothing leaves the folder, or fills the disk."""

from __future__ import annotations

import gzip
import io
import shutil
import tarfile
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from local_cloud.errors import LocalCloudError

MAX_BYTES = 1024**3
MAX_MEMBERS = 10_000
# tarfile reads the header of a long name, and nothing else that is large, at one go.
_MAX_HEADER_BYTES = 1024**2
# What a broken archive makes of the libraries, and odd names of the file system.
_BROKEN = (
    *(tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError, OSError),
    *(RecursionError, NotImplementedError, RuntimeError, ValueError),
)


class ArchiveRefused(LocalCloudError):
    """An archive that is broken, too large when unpacked, or reaches out of its folder."""


def unpack_tar(archive: bytes, folder: Path) -> None:
    """Unpack a tar.gz of files and folders below `folder`; raises `ArchiveRefused`.

    Links are refused whatever they lead to: what tarfile's own filters resolve has been tricked
    before (CVE-2025-4517).
    """
    try:
        with _Forward(fileobj=io.BytesIO(archive)) as stream:
            _unpack_tar(stream, folder)
    except _BROKEN as error:
        raise ArchiveRefused(f"not a whole tar.gz of files and folders: {error}") from error


def unpack_zip(archive: bytes, folder: Path, *, max_bytes: int = MAX_BYTES) -> None:
    """Unpack a zip below `folder`; raises `ArchiveRefused`."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            members = opened.infolist()
            _check_size(sum(each.file_size for each in members), len(members), max_bytes)
            for member in members:
                _check_name(member.filename)
            opened.extractall(folder)
    except _BROKEN as error:
        raise ArchiveRefused(f"not a whole zip of files and folders: {error}") from error


class _Forward(gzip.GzipFile):
    """The unpacked bytes from first to last: what has been read is never read again."""

    _position = 0

    def tell(self) -> int:
        """The number of bytes that were passed."""
        return self._position

    def read(self, size: int | None = -1) -> bytes:
        """At most a header's length at once."""
        if size is None or not 0 <= size <= _MAX_HEADER_BYTES:
            raise tarfile.ReadError(f"a header of {size} bytes, at most {_MAX_HEADER_BYTES}")
        content = super().read(size)
        self._position += len(content)
        return content

    def seek(self, offset: int, whence: int = 0) -> int:
        """Only onwards: gzip goes back by unpacking from the beginning."""
        if offset < self._position:
            raise tarfile.ReadError(f"byte {offset} comes after byte {self._position}")
        self._position = super().seek(offset, whence)
        return self._position


def _unpack_tar(stream: _Forward, folder: Path) -> None:
    size = 0
    with tarfile.open(fileobj=stream, mode="r:") as opened:
        for number, member in enumerate(opened, start=1):
            size += member.size
            _check_name(member.name)
            _check_kind(member)
            _check_size(size, number, MAX_BYTES)
            _write(opened, member, folder / member.name)


def _check_name(name: str) -> None:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name:
        raise ArchiveRefused(f"member {name[:200]!r} would lie outside of the archive's folder")


def _check_kind(member: tarfile.TarInfo) -> None:
    if member.issym() or member.islnk():
        raise ArchiveRefused(f"member {member.name[:200]!r} is a link: put the file itself in")
    if not (member.isdir() or member.type in (tarfile.REGTYPE, tarfile.AREGTYPE)):
        raise ArchiveRefused(f"member {member.name[:200]!r} is a device or the like")


def _check_size(size: int, members: int, max_bytes: int) -> None:
    if not 0 <= size <= max_bytes or members > MAX_MEMBERS:
        raise ArchiveRefused(
            f"it is more than {MAX_MEMBERS} members or {max_bytes} bytes when unpacked"
        )


def _write(opened: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> None:
    """Owner, mode and times are this process's own."""
    if member.isdir():
        target.mkdir(parents=True, exist_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    content = opened.extractfile(member)
    if content is None or target.exists():
        raise tarfile.ReadError(f"{member.name!r} is there twice")
    with target.open("xb") as file:
        shutil.copyfileobj(content, file)
