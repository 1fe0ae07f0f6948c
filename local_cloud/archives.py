"""Unpacks untrusted archives, with limits on the written paths and on the unpacked size."""

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
# tarfile reads the header of a long name with one `read`. All other headers are small.
_MAX_HEADER_BYTES = 1024**2
# The exceptions that broken archives and unusual file names cause.
_BROKEN = (
    *(tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError, OSError),
    *(RecursionError, NotImplementedError, RuntimeError, ValueError),
)


class ArchiveRefused(LocalCloudError):
    """An archive is broken, too large when unpacked, or has members outside of its folder."""


def unpack_tar(archive: bytes, folder: Path) -> None:
    """Unpack a tar.gz of files and folders into `folder`. Raises `ArchiveRefused`.

    Links are rejected: the link check of tarfile's filters could be bypassed (CVE-2025-4517).
    """
    try:
        with _Forward(fileobj=io.BytesIO(archive)) as stream:
            _unpack_tar(stream, folder)
    except _BROKEN as error:
        raise ArchiveRefused(f"not a complete tar.gz of files and folders: {error}") from error


def unpack_zip(archive: bytes, folder: Path, *, max_bytes: int = MAX_BYTES) -> None:
    """Unpack a zip into `folder`. Raises `ArchiveRefused`."""
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
    """A gzip stream that is read only forwards, with small reads."""

    _position = 0

    def tell(self) -> int:
        """Return the position in the unpacked bytes."""
        return self._position

    def read(self, size: int | None = -1) -> bytes:
        """Read at most `_MAX_HEADER_BYTES`."""
        if size is None or not 0 <= size <= _MAX_HEADER_BYTES:
            raise tarfile.ReadError(f"a header of {size} bytes, at most {_MAX_HEADER_BYTES}")
        content = super().read(size)
        self._position += len(content)
        return content

    def seek(self, offset: int, whence: int = 0) -> int:
        """Seek forwards only: to seek backwards, gzip would unpack from the start."""
        if offset < self._position:
            raise tarfile.ReadError(
                f"a member jumps back from byte {self._position} to byte {offset}"
            )
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
        raise ArchiveRefused(f"member {name[:200]!r} is outside of the archive's folder")


def _check_kind(member: tarfile.TarInfo) -> None:
    if member.issym() or member.islnk():
        raise ArchiveRefused(f"member {member.name[:200]!r} is a link: put the file itself in")
    if not (member.isdir() or member.type in (tarfile.REGTYPE, tarfile.AREGTYPE)):
        raise ArchiveRefused(f"member {member.name[:200]!r} is a device or another special file")


def _check_size(size: int, members: int, max_bytes: int) -> None:
    if not 0 <= size <= max_bytes or members > MAX_MEMBERS:
        raise ArchiveRefused(
            f"it has more than {MAX_MEMBERS} members or {max_bytes} bytes when unpacked"
        )


def _write(opened: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> None:
    """Write a member. Owner, mode and times of the archive are ignored."""
    if member.isdir():
        target.mkdir(parents=True, exist_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    content = opened.extractfile(member)
    if content is None or target.exists():
        raise tarfile.ReadError(f"{member.name!r} is there twice")
    with target.open("xb") as file:
        shutil.copyfileobj(content, file)
