"""Unpacks a model.tar.gz, which is untrusted input."""

import errno
import gzip
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from pipeline_code.runtime.job_errors import DataError

# Many times the size of our models, and small enough for the disk of any instance.
MOST_BYTES = 1024**3
MOST_MEMBERS = 10_000
# The only large read of tarfile is the header of a long name.
MOST_HEADER_BYTES = 1024**2


@contextmanager
def unpacked(archive: Path) -> Iterator[Path]:
    """A folder with the content of a model.tar.gz, until the end of the block.

    Only files and folders below that folder are unpacked: a model needs no links, and tarfile's
    own filters have been bypassed (CVE-2025-4517). Raises DataError for any other member, for more
    than 1 GiB or 10,000 members, and for an archive that is absent or incomplete.
    """
    if not archive.is_file():
        raise DataError(f"no {archive.name} in the input model: check the training step's output")
    with tempfile.TemporaryDirectory() as folder:
        _unpack(archive, Path(folder))
        yield Path(folder)


def _unpack(archive: Path, folder: Path) -> None:
    try:
        with _Forward(archive) as stream, tarfile.open(fileobj=stream, mode="r:") as opened:
            left = MOST_BYTES
            for number, member in enumerate(opened, start=1):
                left -= member.size
                _check(member, number, left, source=archive.name)
                _write(opened, member, folder / member.name)
    # The errors of gzip and tarfile for a broken archive, and of the file system for odd names.
    except (tarfile.TarError, EOFError, OSError, zlib.error, RecursionError, ValueError) as err:
        if isinstance(err, DataError) or getattr(err, "errno", None) == errno.ENOSPC:
            raise
        raise DataError(
            f"{archive.name}: not a complete tar.gz of files and folders: {err}; train again"
        ) from err


class _Forward(gzip.GzipFile):
    """The unpacked bytes from first to last, without a way back."""

    _position = 0

    def tell(self) -> int:
        """The number of bytes that were read or skipped."""
        return self._position

    def read(self, size: int | None = -1) -> bytes:
        """Read at most the length of a header at once."""
        if size is None or not 0 <= size <= MOST_HEADER_BYTES:
            raise tarfile.ReadError(f"a header of {size} bytes, at most {MOST_HEADER_BYTES}")
        content = super().read(size)
        self._position += len(content)
        return content

    def seek(self, offset: int, whence: int = 0) -> int:
        """Seek forwards only: gzip seeks backwards by unpacking from the beginning."""
        if offset < self._position:
            raise tarfile.ReadError(f"byte {offset} comes after byte {self._position}")
        self._position = super().seek(offset, whence)
        return self._position


def _check(member: tarfile.TarInfo, number: int, left: int, *, source: str) -> None:
    where = f"{source}: member {member.name[:200]!r}"
    path = PurePosixPath(member.name)
    if path.is_absolute() or ".." in path.parts or "\\" in member.name:
        raise DataError(f"{where} would lie outside of the model's folder: name it below")
    if member.issym() or member.islnk():
        raise DataError(f"{where} is a link to {member.linkname[:200]!r}: put the file itself in")
    if not (member.isdir() or member.type in (tarfile.REGTYPE, tarfile.AREGTYPE)):
        raise DataError(f"{where} is a device or the like: a model has files and folders only")
    if not 0 <= left <= MOST_BYTES or number > MOST_MEMBERS:
        raise DataError(
            f"{where}: the model is more than {MOST_MEMBERS} members or {MOST_BYTES} bytes when "
            "unpacked: leave out what hosting does not need"
        )


def _write(opened: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> None:
    """Write a member; owner, mode and times are those of this process."""
    if member.isdir():
        target.mkdir(parents=True, exist_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    content: IO[bytes] | None = opened.extractfile(member)
    if content is None or target.exists():
        raise tarfile.ReadError(f"{member.name!r} is there twice")
    with target.open("xb") as file:
        shutil.copyfileobj(content, file)
