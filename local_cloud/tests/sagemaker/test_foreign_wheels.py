"""Wheels for another machine are replaced by those of the same release for this machine."""

from __future__ import annotations

import zipfile

import pytest

from local_cloud.sagemaker.exceptions import JobFailed
from local_cloud.sagemaker.jobs.foreign_wheels import replace_foreign_wheels

OTHER = "tiny-1.0-cp27-cp27m-win32.whl"
OWN = "tiny-1.0-py3-none-any.whl"


@pytest.fixture
def index(tmp_path, monkeypatch):
    """A folder in which pip finds packages, instead of an index."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture
def inputs(tmp_path):
    """A folder with an archive of two wheels and an archive of other files."""
    folder = tmp_path / "inputs"
    folder.mkdir()
    write(folder / "wheels.zip", {OTHER: b"other", "pure-2.0-py3-none-any.whl": b"pure"})
    write(folder / "code.zip", {"__main__.py": b"", OTHER: b"other"})
    return folder


def write(path, members):
    with zipfile.ZipFile(path, "w") as opened:
        for name, content in members.items():
            opened.writestr(name, content)


def members(path):
    with zipfile.ZipFile(path) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def test_only_foreign_wheels_are_replaced(index, inputs, tmp_path):
    dist = "tiny-1.0.dist-info"
    wheel = {
        f"{dist}/METADATA": b"Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n",
        f"{dist}/WHEEL": b"Wheel-Version: 1.0\nTag: py3-none-any\n",
        f"{dist}/RECORD": b"",
    }
    write(index / OWN, wheel)
    code = members(inputs / "code.zip")
    replace_foreign_wheels(inputs, tmp_path / "kept")
    found = members(inputs / "wheels.zip")
    assert found == {OWN: (index / OWN).read_bytes(), "pure-2.0-py3-none-any.whl": b"pure"}
    assert members(inputs / "code.zip") == code
    (index / OWN).unlink()
    write(inputs / "wheels.zip", {OTHER: b"other"})
    replace_foreign_wheels(inputs, tmp_path / "kept")  # fetched once
    assert list(members(inputs / "wheels.zip")) == [OWN]


def test_a_missing_release_is_named(index, inputs, tmp_path):
    with pytest.raises(JobFailed, match="has a wheel of tiny==1.0 for another machine"):
        replace_foreign_wheels(inputs, tmp_path / "kept")
    assert OTHER in members(inputs / "wheels.zip")
