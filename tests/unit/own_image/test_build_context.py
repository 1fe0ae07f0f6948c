"""The files of an image: pinned base images, and an archive that other files do not change."""

from __future__ import annotations

import zipfile

import pytest

from pipeline_code.compiler.errors import DockerfileError
from pipeline_code.own_image.build_context import build_context

DIGEST = "a" * 64
BASE = f"public.ecr.aws/docker/library/python:3.12-slim@sha256:{DIGEST}"
DOCKERFILE = f"FROM {BASE}\nCOPY requirements.txt image/ /opt/\n"


@pytest.fixture
def folder(tmp_path):
    """A folder of a pipeline whose Dockerfile copies a file and a folder."""
    folder = tmp_path / "shaped"
    (folder / "image" / "deep").mkdir(parents=True)
    for name, text in {
        "Dockerfile": DOCKERFILE,
        "requirements.txt": "a==1\n",
        "image/setup.sh": "true\n",
        "image/deep/data.txt": "x",
        "train.py": "",
    }.items():
        (folder / name).write_text(text)
    return folder


def test_the_archive_has_the_dockerfile_and_what_it_copies(folder, tmp_path):
    context = build_context(folder, tmp_path)
    with zipfile.ZipFile(context.archive) as opened:
        names = opened.namelist()
    assert names == ["Dockerfile", "image/deep/data.txt", "image/setup.sh", "requirements.txt"]
    assert context.base_images == (BASE,)


def test_a_script_of_a_step_does_not_change_the_image(folder, tmp_path):
    before = build_context(folder, tmp_path).digest
    (folder / "train.py").write_text("print('changed')\n")
    assert build_context(folder, tmp_path).digest == before


@pytest.mark.parametrize("name", ["Dockerfile", "requirements.txt", "image/deep/data.txt"])
def test_each_copied_file_changes_the_image(folder, tmp_path, name):
    before = build_context(folder, tmp_path).digest
    with (folder / name).open("a") as file:
        file.write("# changed\n")
    assert build_context(folder, tmp_path).digest != before


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("FROM python:3.12\n", "line 1: FROM python:3.12: the image python:3.12 is not pinned"),
        ("ARG BASE\nFROM $BASE\n", r"line 2: FROM \$BASE: the image \$BASE is not pinned"),
        (
            f"FROM {BASE}\nCOPY --from=uv:1 /uv /bin/\n",
            "line 2: COPY .* the image uv:1 is not pinned",
        ),
        (f"FROM {BASE}\nCOPY . /opt/\n", "line 2: COPY . /opt/: . must be the name of a file"),
        (f"FROM {BASE}\nCOPY *.txt /opt/\n", r"line 2: .* without patterns"),
        (f"FROM {BASE}\nCOPY ../other/x /opt/\n", "line 2: .* below that of the Dockerfile"),
        (f"FROM {BASE}\nCOPY missing.txt /opt/\n", "line 2: .*missing.txt does not exist in"),
        ("# nothing\n", "has no FROM: start it with"),
    ],
)
def test_a_dockerfile_that_may_build_something_else_is_refused(folder, tmp_path, text, said):
    (folder / "Dockerfile").write_text(text)
    with pytest.raises(DockerfileError, match=said):
        build_context(folder, tmp_path)
