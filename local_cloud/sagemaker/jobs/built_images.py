"""The images of this account's registry that a build on the laptop has pushed."""

from __future__ import annotations

import re
import site

from moto.ecr.models import ecr_backends

from local_cloud.context import ACCOUNT_ID
from local_cloud.image_builds.image_manifest import BuiltImage, image_of_manifest
from local_cloud.image_builds.image_recipe import PYTHON
from local_cloud.sagemaker.jobs.container_images import repository_of

_URI = re.compile(
    rf"{ACCOUNT_ID}\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.[a-z.]+/(?P<name>[^:@]+)"
    r"(:(?P<tag>[^@]+))?(@(?P<digest>.+))?"
)


def built_image(uri: str) -> BuiltImage | None:
    """Return the image with this URI; None if no build on the laptop has pushed it."""
    given = _URI.fullmatch(uri)
    backends = ecr_backends[ACCOUNT_ID]
    if given is None or given["region"] not in backends:
        return None
    repository = backends[given["region"]].repositories.get(given["name"])
    for image in list(repository.images) if repository else []:
        has_tag = given["tag"] in (None, *image.image_tags)
        if has_tag and given["digest"] in (None, image.image_digest):
            return image_of_manifest(image.image_manifest)
    return None


def base_repository(uri: str) -> str:
    """Return the repository of an image, or that of the base image of a built image."""
    built = built_image(uri)
    return built.base if built else repository_of(uri)


def packages_of(uri: str) -> list[str] | None:
    """Return the folders with the packages of a built image; None for those of this machine."""
    built = built_image(uri)
    if built is None:
        return None
    return [built.packages, *([] if built.base == PYTHON else site.getsitepackages())]


def variables_of(uri: str) -> dict[str, str]:
    """Return the variables of a built image."""
    built = built_image(uri)
    return dict(built.variables) if built else {}


def entrypoint_of(uri: str) -> list[str]:
    """Return the entry point of a built image; empty: it has that of its base."""
    built = built_image(uri)
    return list(built.entrypoint) if built else []
