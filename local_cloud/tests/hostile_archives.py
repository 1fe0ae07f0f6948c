"""Untrusted archives: what a model.tar.gz could hold to do harm."""

import gzip
import io
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

MEBIBYTE = 1024 * 1024


def made(path: Path, *members: tarfile.TarInfo, content: bytes = b"{}") -> Path:
    """A tar.gz of these members; each file has the content."""
    with tarfile.open(path, "w:gz", format=tarfile.PAX_FORMAT) as packed:
        for member in members:
            if member.isfile():
                member.size = len(content)
            packed.addfile(member, io.BytesIO(content) if member.isfile() else None)
    return path


def member(name: str, kind: bytes = tarfile.REGTYPE, *, target: str = "") -> tarfile.TarInfo:
    """A member of a kind; links have a target."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def link_then_file(path: Path, kind: bytes) -> Path:
    """A link to the folder above, and a file written through it."""
    return made(path, member("way", kind, target=".."), member("way/escaped"))


def links_too_long_to_resolve(path: Path) -> Path:
    """Links whose joined targets exceed PATH_MAX, which a filter that resolves them misreads."""
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
    """One file of zeros, a thousandth of its size when packed."""
    info = tarfile.TarInfo("model.json")
    info.size = mebibytes * MEBIBYTE
    with gzip.open(path, "wb", compresslevel=9) as packed:
        packed.write(info.tobuf())
        for _ in range(mebibytes):
            packed.write(bytes(MEBIBYTE))
    return path


def header_bomb(path: Path, *, mebibytes: int) -> Path:
    """A header of that size: tarfile reads the text of a PAX header at once."""
    info = tarfile.TarInfo("./PaxHeaders/model.json")
    info.type, info.size = tarfile.XHDTYPE, mebibytes * MEBIBYTE
    with gzip.open(path, "wb", compresslevel=9) as packed:
        packed.write(info.tobuf())
        for _ in range(mebibytes):
            packed.write(bytes(MEBIBYTE))
    return path


def endless_headers(path: Path) -> Path:
    """A long name for a long name for a long name …, which tarfile reads by calling itself."""
    info = tarfile.TarInfo("././@LongLink")
    info.type, info.size = tarfile.GNUTYPE_LONGNAME, 1
    with gzip.open(path, "wb") as packed:
        packed.write((info.tobuf() + b"a".ljust(512, b"\0")) * 20_000)
    return path


def negative(path: Path, kind: bytes = tarfile.REGTYPE) -> Path:
    """A second member of size -512, after which the next header is its own again."""
    block = bytearray(member("model.json", kind).tobuf())
    # Base 256, as GNU tar writes what octal digits cannot say.
    block[124:136] = (256**12 - 512).to_bytes(12, "big")
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    with gzip.open(path, "wb") as packed:
        packed.write(member("first").tobuf() + bytes(block) + bytes(1024))
    return path


def sparse(path: Path, *, mebibytes: int) -> Path:
    """A file that is holes all over: nothing in the archive, all of it on the disk."""
    info = tarfile.TarInfo("model.json")
    size = str(mebibytes * MEBIBYTE)
    info.pax_headers = {
        "GNU.sparse.major": "0", "GNU.sparse.minor": "1", "GNU.sparse.name": "model.json",
        "GNU.sparse.map": f"{size},0", "GNU.sparse.numblocks": "1", "GNU.sparse.size": size,
    }  # fmt: skip
    return made(path, info, content=b"")


def cut(path: Path) -> Path:
    """Half an archive."""
    whole = made(path, member("model.json"), content=bytes(range(256)) * 64).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    return path


def no_archive(path: Path) -> Path:
    """Something else."""
    path.write_bytes(b"PK\x03\x04 nothing of the kind")
    return path


# What makes each archive, and what its refusal says.
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
    "endless-headers": (endless_headers, "not a whole tar.gz"),
    "negative-size": (negative, "more than"),
    "negative-header": (lambda path: negative(path, tarfile.XHDTYPE), "a header of -512 bytes"),
    "going-back": (lambda path: negative(path, tarfile.LNKTYPE), "is a link"),
    "sparse": (lambda path: sparse(path, mebibytes=2048), "more than"),
    "bomb": (lambda path: bomb(path, mebibytes=1025), "more than"),
    "cut": (cut, "not a whole tar.gz"),
    "no-archive": (no_archive, "not a whole tar.gz"),
}


@contextmanager
def nothing_escapes(folder: Path) -> Iterator[None]:
    """Checks that nothing appears beside the folder."""
    before = sorted(folder.parent.iterdir())
    yield
    assert sorted(folder.parent.iterdir()) == before
    assert not Path("/tmp/escaped").exists()
