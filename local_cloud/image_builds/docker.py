"""The program `docker` of a build: `login`, `build` and `push`, without Docker.

`build` reads the Dockerfile and installs its packages; `push` puts the image into the repository,
with the credentials of the build.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import boto3

from local_cloud.dockerfile import DockerfileRefused, instructions
from local_cloud.errors import LocalCloudError
from local_cloud.image_builds.image_manifest import MEDIA_TYPE, BuiltImage
from local_cloud.image_builds.image_packages import PackagesNotInstalled, install_packages
from local_cloud.image_builds.image_recipe import read_recipe

# The folder that keeps the packages of images.
IMAGES_VARIABLE = "LAPTOP_IMAGES"
# The images that were built, in the home of the build: tag -> manifest.
_BUILT = "docker-images.json"


class UnsupportedCommand(LocalCloudError):
    """The command is not one that the laptop carries out."""


def main(arguments: Sequence[str]) -> int:
    """Run a command of Docker; return its exit code."""
    name, *rest = [*arguments, ""]
    try:
        if name not in _COMMANDS:
            raise UnsupportedCommand(
                f"docker {name} is not supported on the laptop: allowed are {', '.join(_COMMANDS)}"
            )
        _COMMANDS[name](rest[:-1])
    except (UnsupportedCommand, DockerfileRefused, PackagesNotInstalled) as error:
        print(f"ERROR: {error}", file=sys.stderr)
        return 1
    return 0


def _login(arguments: Sequence[str]) -> None:
    """Accept the password of a registry."""
    match arguments:
        case ["--username", "AWS", "--password-stdin", str(registry)] if sys.stdin.read().strip():
            print(f"Login Succeeded: {registry}", flush=True)
        case _:
            raise UnsupportedCommand(
                "docker login: allowed is --username AWS --password-stdin REGISTRY with a password "
                "in the standard input"
            )


def _build(arguments: Sequence[str]) -> None:
    """Build the image of the Dockerfile in a folder."""
    match arguments:
        case ["--provenance=false", "--output", "type=docker", "--tag", str(tag), str(folder)]:
            context = Path(folder)
        case _:
            raise UnsupportedCommand(
                "docker build: allowed is --provenance=false --output type=docker --tag IMAGE "
                "FOLDER, because SageMaker accepts images in the format of Docker only"
            )
    text = (context / "Dockerfile").read_text(encoding="utf-8")
    try:
        steps = instructions(text)
        for number, step in enumerate(steps, start=1):
            print(f"Step {number}/{len(steps)} : {step.name} {step.arguments}", flush=True)
        recipe = read_recipe(text)
    except DockerfileRefused as error:
        raise DockerfileRefused(f"Dockerfile, {error}") from error
    packages = install_packages(recipe, context, Path(os.environ[IMAGES_VARIABLE]))
    image = BuiltImage(recipe.base, str(packages), recipe.variables, tuple(recipe.entrypoint))
    _built_file().write_text(json.dumps({**_built(), tag: image.manifest()}))
    print(f"Successfully tagged {tag}", flush=True)


def _push(arguments: Sequence[str]) -> None:
    """Put an image that was built into its repository."""
    tag = arguments[0] if len(arguments) == 1 else ""
    if tag not in _built():
        raise UnsupportedCommand("docker push: allowed is the tag of an image that was built")
    registry, _, name = tag.partition("/")
    repository, _, image_tag = name.partition(":")
    ecr = boto3.client("ecr", region_name=registry.split(".")[3])
    put = ecr.put_image(
        repositoryName=repository,
        imageManifest=_built()[tag],
        imageManifestMediaType=MEDIA_TYPE,
        imageTag=image_tag,
    )
    print(f"{image_tag}: digest: {put['image']['imageId']['imageDigest']}", flush=True)


def _built_file() -> Path:
    return Path.home() / _BUILT


def _built() -> dict[str, str]:
    file = _built_file()
    built: dict[str, str] = json.loads(file.read_text()) if file.is_file() else {}
    return built


_COMMANDS: Mapping[str, Callable[[Sequence[str]], None]] = {
    "login": _login,
    "build": _build,
    "push": _push,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
