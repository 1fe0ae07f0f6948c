"""The wheels of a pipeline are locked, fetched and packed, or rejected with what to do."""

import shutil
import zipfile

import pytest

from pipeline_code.compiler.errors import WheelhouseError
from pipeline_code.runtime.wheels import LOCK
from pipeline_code.wheelhouse.lock import write_lock
from pipeline_code.wheelhouse.wheels import build_wheelhouse, fetch_wheels
from tests.wheels import PACKAGED, write_wheel


@pytest.fixture(autouse=True)
def index(tmp_path, monkeypatch):
    """A folder in which uv and pip find packages, instead of an index."""
    folder = tmp_path / "index"
    folder.mkdir()
    for tool in ("UV", "PIP"):
        monkeypatch.setenv(f"{tool}_NO_INDEX", "1")
        monkeypatch.setenv(f"{tool}_FIND_LINKS", str(folder))
    return folder


@pytest.fixture
def root(tmp_path):
    """A root with the pipeline `packaged` without its lock."""
    root = tmp_path / "pipelines"
    shutil.copytree(PACKAGED, root / "packaged")
    (root / "packaged" / LOCK).unlink()
    return root


@pytest.fixture
def built(root, tmp_path):
    """Return a function that packs the wheels of `packaged` from the folder `kept`."""

    def build(folder="out"):
        (tmp_path / folder).mkdir()
        return build_wheelhouse(
            "packaged", "sklearn", tmp_path / folder, root / "packaged", wheels=tmp_path / "kept"
        )

    return build


def lock_and_fetch(root, tmp_path):
    write_lock(root / "packaged", "sklearn")
    return fetch_wheels(root / "packaged", "sklearn", wheels=tmp_path / "kept")


def test_the_lock_of_the_fixed_pipeline_is_what_the_command_writes(index, root):
    write_wheel(index)
    write_lock(root / "packaged", "sklearn")
    assert (root / "packaged" / LOCK).read_text() == (PACKAGED / LOCK).read_text()


def test_equal_wheels_are_packed_to_equal_bytes(index, root, tmp_path, built):
    wheel = write_wheel(index)
    lock_and_fetch(root, tmp_path)
    first = built("first")
    with zipfile.ZipFile(first) as opened:
        assert {name: opened.read(name) for name in opened.namelist()} == {
            wheel.name: wheel.read_bytes()
        }
    assert built("second").read_bytes() == first.read_bytes()


def test_packages_of_the_image_are_not_locked(index, root, tmp_path, built):
    write_wheel(index, name="numpy", version="2.5.1")
    (root / "packaged" / "requirements.txt").write_text("numpy==2.5.1\n")
    lock_and_fetch(root, tmp_path)
    with zipfile.ZipFile(built()) as opened:
        assert opened.namelist() == []


def test_other_versions_than_those_of_the_image_are_rejected(index, root):
    write_wheel(index, name="numpy", version="1.0")
    (root / "packaged" / "requirements.txt").write_text("numpy==1.0\n")
    with pytest.raises(WheelhouseError, match="image sklearn, whose packages keep their versions"):
        write_lock(root / "packaged", "sklearn")


def test_an_unknown_hash_in_the_requirements_is_rejected(index, root):
    write_wheel(index)
    (root / "packaged" / "requirements.txt").write_text(f"tiny==1.0 --hash=sha256:{'0' * 64}\n")
    with pytest.raises(WheelhouseError, match="0{64}"):
        write_lock(root / "packaged", "sklearn")


def test_a_missing_lock_is_rejected(built):
    with pytest.raises(WheelhouseError, match=r"is missing: .*pipeline_code wheels packaged"):
        built()


@pytest.mark.parametrize("image", ["sklearn", "xgboost"])
def test_an_old_lock_is_rejected(index, root, tmp_path, image):
    write_wheel(index)
    lock_and_fetch(root, tmp_path)
    if image == "sklearn":
        (root / "packaged" / "requirements.txt").write_text("tiny==1.0  # changed\n")
    with pytest.raises(WheelhouseError, match="other requirements or another image"):
        build_wheelhouse("packaged", image, tmp_path, root / "packaged", wheels=tmp_path / "kept")


def test_wheels_that_were_not_fetched_are_named(index, root, tmp_path, built):
    write_wheel(index)
    write_lock(root / "packaged", "sklearn")
    with pytest.raises(WheelhouseError, match=r"the wheels of tiny .* are not on this machine"):
        built()


def test_a_wheel_with_another_hash_is_named(index, root, tmp_path, built):
    write_wheel(index)
    kept = lock_and_fetch(root, tmp_path)
    write_wheel(kept, {"tiny/__init__.py": "GREETING = 'replaced'\n"})
    with pytest.raises(WheelhouseError, match=r"tiny-1.0-py3-none-any.whl has the hash sha256:"):
        built()


def test_a_replaced_wheel_of_the_index_is_not_fetched(index, root, tmp_path):
    write_wheel(index)
    write_lock(root / "packaged", "sklearn")
    write_wheel(index, {"tiny/__init__.py": "GREETING = 'replaced'\n"})
    with pytest.raises(WheelhouseError, match="(?s)cannot be fetched.*tiny"):
        fetch_wheels(root / "packaged", "sklearn", wheels=tmp_path / "kept")
    assert not any((tmp_path / "kept").glob("*/*.whl"))
