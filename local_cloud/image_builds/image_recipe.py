"""Reads the Dockerfiles from which the laptop can build: packages of pip over a known base image.

Every other instruction is refused with its line, because the laptop has no Docker to carry it out.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from local_cloud.dockerfile import (
    DockerfileRefused,
    Instruction,
    instructions,
    list_of_texts,
    paths_of,
)
from local_cloud.sagemaker.jobs.container_images import SUPPORTED_REPOSITORIES, repository_of

REQUIREMENTS = "requirements.txt"
# The base image without packages.
PYTHON = "python"
_PYTHON_IMAGE = re.compile(
    r"((docker\.io/)?library/|public\.ecr\.aws/docker/library/)?python:3\.\d+[\w.-]*(@sha256:\S+)?"
)
_AWS_IMAGE = re.compile(r"\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/\S+")
_PIN = re.compile(r"[A-Za-z0-9][\w.-]*(\[[\w.,-]+\])?==[\w.!+-]+")
_PIP = (["pip"], ["pip3"], ["python", "-m", "pip"], ["python3", "-m", "pip"])
_OPTIONS = ("--no-cache-dir", "--disable-pip-version-check")
_VARIABLE = re.compile(r"[A-Za-z_]\w*")
# The programs and modules of the image, which the laptop does not have.
_OF_THE_IMAGE = ("PATH", "LD_LIBRARY_PATH", "PYTHONHOME")


@dataclass
class Recipe:
    """What an image consists of: its base, pinned packages, variables and entry point.

    `base` is a supported repository of AWS, or PYTHON. `with_file` says whether it installs
    requirements.txt.
    """

    base: str = ""
    pins: list[str] = field(default_factory=list)
    with_file: bool = False
    variables: dict[str, str] = field(default_factory=dict)
    entrypoint: list[str] = field(default_factory=list)
    folder: PurePosixPath = PurePosixPath("/")
    copied: PurePosixPath | None = None


def read_recipe(text: str) -> Recipe:
    """Return what the Dockerfile builds.

    Raises:
        DockerfileRefused: an instruction is not one that the laptop carries out.
    """
    recipe = Recipe()
    for each in instructions(text):
        if each.name not in _READERS:
            allowed = ", ".join(_READERS)
            raise each.refused(f"the laptop has no Docker: it carries out {allowed}")
        if bool(recipe.base) == (each.name == "FROM"):
            raise each.refused("the first instruction, and no other, must be FROM")
        _READERS[each.name](recipe, each)
    if not recipe.base:
        raise DockerfileRefused("line 1: FROM is missing")
    return recipe


def _from(recipe: Recipe, given: Instruction) -> None:
    image = given.arguments
    repository = repository_of(image)
    if _PYTHON_IMAGE.fullmatch(image):
        recipe.base = PYTHON
    elif _AWS_IMAGE.fullmatch(image) and repository in SUPPORTED_REPOSITORIES:
        recipe.base = repository
    else:
        known = ", ".join(sorted(SUPPORTED_REPOSITORIES))
        raise given.refused(
            f"the laptop knows the packages of the images of AWS {known}, and of python:3.x; it "
            "does not have this image"
        )


def _copy(recipe: Recipe, given: Instruction) -> None:
    if given.arguments.startswith("--"):
        raise given.refused("options are not supported on the laptop")
    source, *others, target = paths_of(given)
    if others or source != REQUIREMENTS:
        raise given.refused(f"the laptop copies {REQUIREMENTS} only: it has no file system of it")
    path = recipe.folder / target
    is_folder = target.endswith("/") or target in (".", "..") or path == recipe.folder
    recipe.copied = path / REQUIREMENTS if is_folder else path


def _run(recipe: Recipe, given: Instruction) -> None:
    words = list_of_texts(given.arguments) or _words(given)
    called = next((each for each in _PIP if words[: len(each) + 1] == [*each, "install"]), None)
    if called is None:
        raise given.refused(
            f"the laptop runs `pip install` of {REQUIREMENTS} or of pinned packages only"
        )
    rest = iter(words[len(called) + 1 :])
    for word in rest:
        if word in ("-r", "--requirement"):
            _check_file(recipe, given, next(rest, ""))
            recipe.with_file = True
        elif _PIN.fullmatch(word):
            recipe.pins.append(word)
        elif word not in _OPTIONS:
            raise given.refused(
                f"{word} is not supported on the laptop: allowed are -r {REQUIREMENTS}, pinned "
                f"packages such as lightgbm==4.6.0, and {', '.join(_OPTIONS)}"
            )


def _check_file(recipe: Recipe, given: Instruction, name: str) -> None:
    if not name or recipe.copied is None or recipe.folder / name != recipe.copied:
        raise given.refused(
            f"{name or 'the file'} was not copied: allowed is the {REQUIREMENTS} of an earlier COPY"
        )


def _env(recipe: Recipe, given: Instruction) -> None:
    for word in _words(given):
        name, found, value = word.partition("=")
        if not found or not _VARIABLE.fullmatch(name):
            raise given.refused('allowed is NAME=value or NAME="a value"')
        if "$" in value:
            raise given.refused(f"the laptop does not replace variables: write {name} as a literal")
        if name in _OF_THE_IMAGE:
            raise given.refused(f"{name} is about programs of the image, which the laptop lacks")
        recipe.variables[name] = value


def _workdir(recipe: Recipe, given: Instruction) -> None:
    if "$" in given.arguments or len(given.arguments.split()) != 1:
        raise given.refused("allowed is the path of a folder, without variables")
    recipe.folder = recipe.folder / given.arguments


def _entrypoint(recipe: Recipe, given: Instruction) -> None:
    command = list_of_texts(given.arguments)
    if not command:
        raise given.refused('allowed is the exec form, ["program", "argument"]')
    recipe.entrypoint = command


def _words(given: Instruction) -> list[str]:
    try:
        words = shlex.split(given.arguments)
    except ValueError as error:
        raise given.refused(f"{error}") from error
    if not words:
        raise given.refused("it has no arguments")
    return words


_READERS: Mapping[str, Callable[[Recipe, Instruction], None]] = {
    "FROM": _from,
    "COPY": _copy,
    "RUN": _run,
    "ENV": _env,
    "WORKDIR": _workdir,
    "ENTRYPOINT": _entrypoint,
}
