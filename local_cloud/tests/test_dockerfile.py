"""The instructions of Dockerfiles, the images that they pull, and the files that they copy."""

from __future__ import annotations

import pytest

from local_cloud.dockerfile import (
    DockerfileRefused,
    base_images,
    copied_files,
    instructions,
)

TEXT = """\
# A comment.
FROM --platform=linux/amd64 python:3.12@sha256:aa AS build
RUN pip install \\
    # inside an instruction

    a==1 \\
    b==2
FROM build
COPY --from=build /x /y
COPY --from=ghcr.io/astral-sh/uv:0.9 /uv /bin/
copy --chown=1 requirements.txt image/setup.sh ./
ADD ["a b.txt", "/c"]
"""


def test_an_instruction_has_the_number_of_its_first_line():
    found = [(each.line, each.name, each.arguments) for each in instructions(TEXT)]
    assert found[1] == (3, "RUN", "pip install a==1 b==2")
    assert found[5] == (11, "COPY", "--chown=1 requirements.txt image/setup.sh ./")


def test_stages_are_no_base_images():
    images = [image for _, image in base_images(instructions(TEXT))]
    assert images == ["python:3.12@sha256:aa", "ghcr.io/astral-sh/uv:0.9"]


def test_files_of_the_folder_are_copied():
    files = [source for _, source in copied_files(instructions(TEXT))]
    assert files == ["requirements.txt", "image/setup.sh", "a b.txt"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("# syntax=docker/dockerfile:1\nFROM a\n", "line 1: # syntax=.* are not supported"),
        ("# escape=`\nFROM a\n", "line 1: # escape"),
        ("FROM a\nRUN <<EOF\nls\nEOF\n", "line 2: RUN <<EOF: here-documents"),
    ],
)
def test_what_changes_the_format_is_refused(text, said):
    with pytest.raises(DockerfileRefused, match=said):
        instructions(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("FROM a\nADD https://example.com/x /x\n", "line 2: ADD https.* its content can change"),
        ("FROM a\nCOPY requirements.txt\n", "line 2: COPY requirements.txt: it needs"),
    ],
)
def test_what_cannot_be_copied_is_refused(text, said):
    with pytest.raises(DockerfileRefused, match=said):
        list(copied_files(instructions(text)))
