"""A job installs the wheels of its pipeline, and its model carries them."""

import hashlib
import os
import stat
import zipfile

import pytest

from pipeline_code.archive import build_archive
from pipeline_code.runtime import serving
from pipeline_code.runtime.job_errors import JobError
from pipeline_code.runtime.model_code import write_code
from pipeline_code.runtime.wheels import LOCK, locked, unpack_wheels
from tests.application.environments import ROOT
from tests.unit.job import Job
from tests.wheels import MODULE, PACKAGED, write_wheel

EXPECTED = locked((PACKAGED / LOCK).read_text())


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    return build_archive("packaged", tmp_path_factory.mktemp("code"), ROOT)


@pytest.fixture
def job(archive, tmp_path):
    """The step with the package `tiny`."""
    job = Job(archive, tmp_path / "job", "greet")
    job.configure()
    return job


def packed(path, *wheels):
    with zipfile.ZipFile(path, "w") as opened:
        for wheel in wheels:
            opened.write(wheel, wheel.name)
    return path


def test_a_step_imports_the_package(job, tmp_path):
    packed(job.input("wheels") / "wheels.zip", write_wheel(tmp_path))
    assert job.run() == [0], job.output
    (part,) = job.parts("greeting")
    assert part.read_text() == "hello from a wheel"


def test_a_wheel_with_another_hash_fails_the_job_with_its_name(job, tmp_path):
    wheel = write_wheel(tmp_path, {"tiny/__init__.py": "GREETING = 'replaced'\n"})
    packed(job.input("wheels") / "wheels.zip", wheel)
    assert job.run() == [1]
    assert job.message().startswith("the wheel tiny-1.0-py3-none-any.whl has the hash sha256:")
    assert job.parts("greeting") == []


def test_a_job_without_wheels_has_only_its_image(job):
    assert job.run() == [1]
    assert job.message().startswith("ModuleNotFoundError: No module named 'tiny'")


def test_a_missing_wheel_is_named(tmp_path):
    with pytest.raises(JobError, match=r"wheels.zip lacks tiny of wheels.lock"):
        unpack_wheels(packed(tmp_path / "wheels.zip"), EXPECTED, tmp_path / "target")


def test_a_wheel_that_is_not_locked_is_named(tmp_path):
    wheel = write_wheel(tmp_path, name="other")
    with pytest.raises(JobError, match=r"the wheel other-1.0-py3-none-any.whl"):
        unpack_wheels(packed(tmp_path / "wheels.zip", wheel), EXPECTED, tmp_path / "target")


def unpacked(tmp_path, members):
    """Unpack a wheel, whatever its hash."""
    wheel = write_wheel(tmp_path, members)
    archive = packed(tmp_path / "wheels.zip", wheel)
    expected = {"tiny": locked(f"tiny==1.0 --hash=sha256:{digest(wheel)}")["tiny"]}
    unpack_wheels(archive, expected, tmp_path / "target")
    return tmp_path / "target"


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_libraries_of_a_wheel_are_unpacked_and_scripts_are_not(tmp_path):
    target = unpacked(
        tmp_path,
        {
            **MODULE,
            "tiny-1.0.data/purelib/pure.py": "",
            "tiny-1.0.data/platlib/native.so": "",
            "tiny-1.0.data/scripts/tiny": "",
        },
    )
    found = {path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()}
    information = {f"tiny-1.0.dist-info/{name}" for name in ("METADATA", "RECORD", "WHEEL")}
    assert found == {"tiny/__init__.py", "pure.py", "native.so"} | information


@pytest.mark.parametrize("member", ["../outside.py", "/outside.py"])
def test_members_outside_of_the_folder_are_rejected(tmp_path, member):
    with pytest.raises(JobError, match="outside"):
        unpacked(tmp_path, {member: ""})
    assert not (tmp_path / "outside.py").exists()


def test_programs_of_a_wheel_stay_executable(tmp_path):
    wheel = write_wheel(tmp_path)
    with zipfile.ZipFile(wheel, "a") as opened:
        entry = zipfile.ZipInfo("tiny/program")
        entry.external_attr = 0o100755 << 16
        opened.writestr(entry, "")
    expected = locked(f"tiny==1.0 --hash=sha256:{digest(wheel)}")
    unpack_wheels(packed(tmp_path / "wheels.zip", wheel), expected, tmp_path / "target")
    modes = {
        path.name: path.stat().st_mode & stat.S_IXUSR
        for path in (tmp_path / "target/tiny").iterdir()
    }
    assert modes == {"__init__.py": 0, "program": stat.S_IXUSR}


def test_a_model_carries_the_packages(tmp_path, monkeypatch):
    packages, model = tmp_path / "packages", tmp_path / "model"
    write_wheel(tmp_path)
    with zipfile.ZipFile(tmp_path / "tiny-1.0-py3-none-any.whl") as wheel:
        wheel.extractall(packages)
    monkeypatch.setenv("PIPELINE_PACKAGES", str(packages))
    write_code(model, serving)
    assert (model / "code/tiny/__init__.py").is_file()
    assert (model / "code/inference.py").is_file()


def test_a_model_without_wheels_has_only_its_code(tmp_path):
    assert "PIPELINE_PACKAGES" not in os.environ
    write_code(tmp_path, serving)
    assert {path.name for path in (tmp_path / "code").iterdir()} == {
        "inference.py",
        "pipeline_code",
    }
