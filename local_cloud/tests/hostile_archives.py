"""Malicious archives, as examples of untrusted model.tar.gz files."""

import gzip
import io
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

MEBIBYTE = 1024 * 1024


def made(path: Path, *members: tarfile.TarInfo, content: bytes = b"{}") -> Path:
    """Create a tar.gz with these members. Each file has the content."""
    with tarfile.open(path, "w:gz", format=tarfile.PAX_FORMAT) as packed:
        for member in members:
            if member.isfile():
                member.size = len(content)
            packed.addfile(member, io.BytesIO(content) if member.isfile() else None)
    return path


def member(name: str, kind: bytes = tarfile.REGTYPE, *, target: str = "") -> tarfile.TarInfo:
    """Return a member of a kind. A link has a target."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def link_then_file(path: Path, kind: bytes) -> Path:
    """Create a link to the parent folder, and a file whose path contains the link."""
    return made(path, member("way", kind, target=".."), member("way/escaped"))


def links_too_long_to_resolve(path: Path) -> Path:
    """Create links whose resolved target exceeds PATH_MAX, which some filters resolve wrongly."""
    step = "d" * 200
    members = []
    base = ""
    for letter in "abcdefghijklmnopqrst":
        members += [
            member(f"{base}{step}", tarfile.DIRTYPE),
            member(f"{base}{letter}", tarfile.SYMTYPE, target=step),
        ]
        base += f"{step}/"
    return made(path, *members, member("a/escaped"))


def bomb(path: Path, *, mebibytes: int) -> Path:
    """Create a file of zeros whose size in the archive is a thousandth."""
    info = tarfile.TarInfo("model.json")
    info.size = mebibytes * MEBIBYTE
    with gzip.open(path, "wb", compresslevel=9) as packed:
        packed.write(info.tobuf())
        for _ in range(mebibytes):
            packed.write(bytes(MEBIBYTE))
    return path


def header_bomb(path: Path, *, mebibytes: int) -> Path:
    """Create a PAX header of this size: tarfile reads the whole header with one `read`."""
    info = tarfile.TarInfo("./PaxHeaders/model.json")
    info.type, info.size = tarfile.XHDTYPE, mebibytes * MEBIBYTE
    with gzip.open(path, "wb", compresslevel=9) as packed:
        packed.write(info.tobuf())
        for _ in range(mebibytes):
            packed.write(bytes(MEBIBYTE))
    return path


def endless_headers(path: Path) -> Path:
    """Create a long chain of headers for long names, which tarfile reads recursively."""
    info = tarfile.TarInfo("././@LongLink")
    info.type, info.size = tarfile.GNUTYPE_LONGNAME, 1
    with gzip.open(path, "wb") as packed:
        packed.write((info.tobuf() + b"a".ljust(512, b"\0")) * 20_000)
    return path


def negative(path: Path, kind: bytes = tarfile.REGTYPE) -> Path:
    """Create a second member of size -512: the next header is at the position of its own header."""
    block = bytearray(member("model.json", kind).tobuf())
    # Base 256 is the format of GNU tar for numbers that octal digits cannot represent.
    block[124:136] = (256**12 - 512).to_bytes(12, "big")
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    with gzip.open(path, "wb") as packed:
        packed.write(member("first").tobuf() + bytes(block) + bytes(1024))
    return path


def sparse(path: Path, *, mebibytes: int) -> Path:
    """Create a sparse file: no content in the archive, but the full size on the disk."""
    info = tarfile.TarInfo("model.json")
    size = str(mebibytes * MEBIBYTE)
    info.pax_headers = {
        "GNU.sparse.major": "0", "GNU.sparse.minor": "1", "GNU.sparse.name": "model.json",
        "GNU.sparse.map": f"{size},0", "GNU.sparse.numblocks": "1", "GNU.sparse.size": size,
    }  # fmt: skip
    return made(path, info, content=b"")


def cut(path: Path) -> Path:
    """Create the first half of an archive."""
    whole = made(path, member("model.json"), content=bytes(range(256)) * 64).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    return path


def no_archive(path: Path) -> Path:
    """Create a file that is not an archive."""
    path.write_bytes(b"PK\x03\x04 nothing of the kind")
    return path


# The functions that create the archives, and the expected error messages.
HOSTILE: dict[str, tuple[Callable[[Path], Path], str]] = {
    "absolute": (lambda path: made(path, member("/tmp/escaped")), "'/tmp/escaped'"),
    "dotdot": (lambda path: made(path, member("a/../../escaped")), "'a/../../escaped'"),
    "dotdot-dir": (lambda path: made(path, member("..", tarfile.DIRTYPE)), "'..'"),
    "backslash": (lambda path: made(path, member("..\\escaped")), "escaped'"),
    "symlink-out": (lambda path: link_then_file(path, tarfile.SYMTYPE), "'way' is a link"),
    "symlink-absolute": (
        lambda path: made(path, member("model.json", tarfile.SYMTYPE, target="/etc/passwd")),
        "'model.json' is a link",
    ),
    "hardlink": (
        lambda path: made(path, member("model.json", tarfile.LNKTYPE, target="/etc/passwd")),
        "'model.json' is a link",
    ),
    "long-links": (links_too_long_to_resolve, "is a link"),
    "device": (lambda path: made(path, member("null", tarfile.CHRTYPE)), "'null' is a device"),
    "fifo": (lambda path: made(path, member("model.json", tarfile.FIFOTYPE)), "is a device"),
    "twice": (lambda path: made(path, member("a"), member("a")), "'a' is there twice"),
    "file-as-folder": (lambda path: made(path, member("a"), member("a/b")), "File exists"),
    "long-name": (lambda path: made(path, member("n" * 300)), "nnn"),
    "many-members": (
        lambda path: made(path, *(member(str(number)) for number in range(10_001)), content=b""),
        "more than 10000 members",
    ),
    "header-bomb": (lambda path: header_bomb(path, mebibytes=64), "a header of 67108864 bytes"),
    "endless-headers": (endless_headers, "not a complete tar.gz"),
    "negative-size": (negative, "more than"),
    "negative-header": (lambda path: negative(path, tarfile.XHDTYPE), "a header of -512 bytes"),
    "going-back": (lambda path: negative(path, tarfile.LNKTYPE), "is a link"),
    "sparse": (lambda path: sparse(path, mebibytes=2048), "more than"),
    "bomb": (lambda path: bomb(path, mebibytes=1025), "more than"),
    "cut": (cut, "not a complete tar.gz"),
    "no-archive": (no_archive, "not a complete tar.gz"),
}


@contextmanager
def nothing_escapes(folder: Path) -> Iterator[None]:
    """Check that no file is created next to the folder."""
    before = sorted(folder.parent.iterdir())
    yield
    assert sorted(folder.parent.iterdir()) == before
    assert not Path("/tmp/escaped").exists()
