"""The strict subset of Dockerfiles from which the laptop can build."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from local_cloud.dockerfile import DockerfileRefused
from local_cloud.image_builds.image_recipe import read_recipe

SKLEARN = f"{'1' * 12}.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.9-0@sha256:aa"
PYTHON = "public.ecr.aws/docker/library/python:3.12-slim@sha256:aa"


def test_a_complete_dockerfile():
    found = read_recipe(
        f"FROM {SKLEARN}\nWORKDIR /build\nCOPY requirements.txt ./deps/\n"
        "RUN pip install --no-cache-dir -r deps/requirements.txt\n"
        'RUN ["python3", "-m", "pip", "install", "lightgbm==4.6.0", "umap-learn[plot]==0.5.7"]\n'
        'ENV LIMIT=4 NAME="a b"\nENTRYPOINT ["python3", "-m", "app"]\n'
    )
    assert found.base == "sagemaker-scikit-learn"
    assert found.with_file
    assert found.pins == ["lightgbm==4.6.0", "umap-learn[plot]==0.5.7"]
    assert found.variables == {"LIMIT": "4", "NAME": "a b"}
    assert found.entrypoint == ["python3", "-m", "app"]
    assert found.copied == PurePosixPath("/build/deps/requirements.txt")


@pytest.mark.parametrize(
    "image", [PYTHON, "python:3.12", "library/python:3.11-slim", "docker.io/library/python:3.13"]
)
def test_images_of_python(image):
    assert read_recipe(f"FROM {image}\n").base == "python"


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("USER 1000", "line 2: USER 1000: the laptop has no Docker: it carries out FROM, COPY"),
        ("RUN dnf install -y libgomp", "line 2: RUN dnf .*`pip install`"),
        ("RUN pip install a==1 && rm -r /x", "line 2: .*&& is not supported"),
        ("RUN pip install numpy", "line 2: .*numpy is not supported .*lightgbm==4.6.0"),
        ("RUN pip install --index-url=http://x a==1", "--index-url=http://x is not supported"),
        ("RUN pip install -r requirements.txt", "requirements.txt was not copied"),
        ("COPY requirements.txt /a/\nRUN pip install -r requirements.txt", "line 3: .*not copied"),
        ("COPY train.py /opt/", "line 2: COPY train.py /opt/: the laptop copies requirements.txt"),
        ("COPY --chmod=755 requirements.txt .", "line 2: .*options are not supported"),
        ("ENV PATH=/opt/bin", "line 2: ENV PATH=/opt/bin: PATH is about programs"),
        ("ENV A=$HOME", "line 2: .*write A as a literal"),
        ("ENV A 1", "line 2: ENV A 1: allowed is NAME=value"),
        ("ENV A='", "line 2: ENV A=': No closing quotation"),
        ("WORKDIR $HOME", "line 2: WORKDIR .* without variables"),
        ("ENTRYPOINT python3 app.py", "line 2: ENTRYPOINT .* exec form"),
        (f"FROM {PYTHON}", "line 2: FROM .* the first instruction, and no other, must be FROM"),
    ],
)
def test_anything_else_is_refused_with_its_line(lines, said):
    with pytest.raises(DockerfileRefused, match=said):
        read_recipe(f"FROM {SKLEARN}\n{lines}\n")


@pytest.mark.parametrize(
    "image",
    ["ubuntu:24.04", "python:2.7", f"{SKLEARN.replace('scikit-learn', 'unknown')}", "scratch"],
)
def test_an_image_whose_packages_are_unknown_is_refused(image):
    with pytest.raises(DockerfileRefused, match="line 1: FROM .* does not have this image"):
        read_recipe(f"FROM {image}\n")


def test_a_dockerfile_starts_with_from():
    with pytest.raises(DockerfileRefused, match="line 1: ENV A=1: the first instruction"):
        read_recipe("ENV A=1\n")
    with pytest.raises(DockerfileRefused, match="FROM is missing"):
        read_recipe("# nothing\n")
