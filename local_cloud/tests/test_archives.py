"""Malicious archives are rejected, and no file remains."""

from __future__ import annotations

import io
import stat
import zipfile

import pytest

from local_cloud.archives import ArchiveRefused, unpack_tar, unpack_zip
from local_cloud.functions.function_code import unpack
from local_cloud.tests.hostile_archives import HOSTILE, made, member, nothing_escapes


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "outer" / "inner"
    path.mkdir(parents=True)
    return path


def zipped(*names, content=b"", count=1):
    """Return a zip with files of these names, including names that zipfile would change."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in names:
            with packed.open(zipfile.ZipInfo(name), "w", force_zip64=True) as file:
                for _ in range(count):
                    file.write(content)
    return buffer.getvalue()


def test_files_and_folders_of_a_tar_are_unpacked(tmp_path, folder):
    archive = made(tmp_path / "model.tar.gz", member("./code/inference.py"), content=b"print()")
    unpack_tar(archive.read_bytes(), folder)
    assert (folder / "code/inference.py").read_bytes() == b"print()"


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_tars_are_refused(name, tmp_path, folder):
    make, message = HOSTILE[name]
    archive = make(tmp_path / "model.tar.gz").read_bytes()
    with nothing_escapes(folder), pytest.raises(ArchiveRefused) as refused:
        unpack_tar(archive, folder)
    assert message.replace(" to", "").replace("the model is", "it is") in str(refused.value)


@pytest.mark.parametrize(
    ("archive", "message"),
    [
        (zipped("../escaped"), "'../escaped' is outside"),
        (zipped("a/../../escaped"), "'a/../../escaped' is outside"),
        (zipped("/tmp/escaped"), "'/tmp/escaped' is outside"),
        (zipped("..\\escaped"), "is outside"),
        (zipped("a", "a/b"), "Not a directory"),
        (zipped("n" * 300), "File name too long"),
        (zipped(*map(str, range(10_001))), "more than 10000 members"),
        (zipped("handler.py", content=bytes(2**20), count=2), "or 1048576 bytes when unpacked"),
        (zipped("handler.py")[:-30], "not a whole zip"),
        (b"", "not a whole zip"),
    ],
)
def test_hostile_zips_are_refused(archive, message, folder):
    with nothing_escapes(folder), pytest.raises(ArchiveRefused) as refused:
        unpack_zip(archive, folder, max_bytes=2**20)
    assert message in str(refused.value)


def test_a_wrong_size_in_the_header_fails(folder):
    whole = zipped("handler.py", content=bytes(2**20), count=8)
    size = (8 * 2**20).to_bytes(8, "little")
    assert whole.count(size[:4]) >= 1
    with pytest.raises(ArchiveRefused, match="not a whole zip"):
        unpack_zip(whole.replace(size[:4], (2**10).to_bytes(4, "little")), folder, max_bytes=2**20)
    assert sum(path.stat().st_size for path in folder.rglob("*")) < 2**20


def test_a_link_in_a_zip_is_a_file_with_its_target(folder):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        link = zipfile.ZipInfo("way")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        packed.writestr(link, "/etc/passwd")
    unpack_zip(buffer.getvalue(), folder)
    assert not (folder / "way").is_symlink()


def test_a_refused_function_leaves_nothing(folder):
    with pytest.raises(ArchiveRefused):
        unpack(zipped("handler.py", "../escaped"), folder)
    assert not list(folder.iterdir())
