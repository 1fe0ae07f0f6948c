"""What a hostile model.tar.gz can and cannot do."""

import errno
import tarfile
import tracemalloc

import pytest

from local_cloud.tests.hostile_archives import HOSTILE, bomb, made, member, nothing_escapes
from pipeline_code.runtime import model_archive
from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.model_archive import unpacked

MEBIBYTE = 1024**2


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    """Where archives are unpacked."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


def test_files_and_folders_are_unpacked_while_they_are_needed(tmp_path, temporary):
    (tmp_path / "model/code").mkdir(parents=True)
    (tmp_path / "model/code/inference.py").write_text("print()")
    (tmp_path / "model/model.json").write_text("{}")
    with tarfile.open(tmp_path / "model.tar.gz", "w:gz") as packed:
        packed.add(tmp_path / "model", arcname=".")
    with unpacked(tmp_path / "model.tar.gz") as folder:
        assert (folder / "model.json").read_text() == "{}"
        assert (folder / "code/inference.py").read_text() == "print()"
    assert not list(temporary.iterdir())


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_archives_are_refused_and_leave_nothing(name, tmp_path, temporary):
    make, message = HOSTILE[name]
    archive = make(tmp_path / "model.tar.gz")
    with nothing_escapes(temporary), pytest.raises(DataError) as refused, unpacked(archive):
        pass
    assert message in str(refused.value)
    assert len(str(refused.value)) < 1000
    assert not list(temporary.iterdir())


def test_memory_is_bounded_whatever_the_size(tmp_path, temporary):
    archive = bomb(tmp_path / "model.tar.gz", mebibytes=64)
    tracemalloc.start()
    with unpacked(archive) as folder:
        assert (folder / "model.json").stat().st_size == 64 * MEBIBYTE
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * MEBIBYTE


def test_all_members_count_together(tmp_path, temporary, monkeypatch):
    monkeypatch.setattr(model_archive, "MOST_BYTES", 10)
    archive = made(tmp_path / "model.tar.gz", member("a"), member("b"), content=b"12345")
    with unpacked(archive):
        pass
    archive = made(tmp_path / "model.tar.gz", member("a"), member("b"), content=b"123456")
    with pytest.raises(DataError, match="member 'b': the model is more than"), unpacked(archive):
        pass


def test_what_the_archive_says_of_modes_is_not_kept(tmp_path, temporary):
    set_user = member("model.json")
    set_user.mode = 0o6777
    with unpacked(made(tmp_path / "model.tar.gz", set_user)) as folder:
        assert (folder / "model.json").stat().st_mode & 0o7111 == 0


def test_a_full_disk_is_not_taken_for_a_broken_archive(tmp_path, temporary, monkeypatch):
    def no_room(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(model_archive, "_write", no_room)
    archive = made(tmp_path / "model.tar.gz", member("model.json"))
    with pytest.raises(OSError, match="No space left"), unpacked(archive):
        pass
