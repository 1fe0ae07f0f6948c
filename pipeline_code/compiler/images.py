"""The images that AWS publishes, and their URIs by region, from the tables of the SDK."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline_code.compiler.errors import DefinitionError

_PACKAGES = Path(__file__).parent / "image_packages"
# The image that a deployment builds from this file in the folder of a pipeline.
DOCKERFILE = "Dockerfile"


@dataclass(frozen=True)
class Image:
    """An image that AWS publishes in every region.

    `framework`, `version` and `scope` are the arguments of the SDK's `image_uris`; `version` is
    None for an image with only one version. `value` is the name of the environment value with the
    URI. `python` is the version of its Python if the packages of the image are known. AWS publishes
    some images for processors and for GPUs; `instance_type` selects one of them.
    """

    value: str
    framework: str
    version: str = ""
    scope: str = "training"
    python: str = ""
    instance_type: str = "ml.m5.large"

    @property
    def packages(self) -> Path:
        """The file with the packages of the image, one `name==version` a line."""
        return _PACKAGES / f"{self.framework}.txt"


# The name that a pipeline uses -> the image.
IMAGES = {
    "sklearn": Image("SklearnImageUri", "sklearn", "1.9-0", python="3.12"),
    "xgboost": Image("XgboostImageUri", "xgboost", "3.2-0", python="3.12"),
    "spark": Image("SparkImageUri", "spark", "3.5", scope="processing", python="3.12"),
    "model-monitor": Image("ModelMonitorImageUri", "model-monitor", scope="monitoring"),
}
# The newest wheels that run in these images: they are Amazon Linux 2023, with glibc 2.34.
# https://docs.aws.amazon.com/linux/al2023/ug/core-glibc.html
GLIBC = 34


def built_image_value(folder: str) -> str:
    """Return the name of the environment value with the URI of the image of a folder."""
    return "".join(word.capitalize() for word in folder.split("_")) + "BuiltImageUri"


def aws_image(
    framework: str, version: str, *, scope: str = "training", instance_type: str = "ml.m5.large"
) -> Image:
    """Return an image that AWS publishes, such as `aws_image("pytorch", "2.10.0")`.

    `scope` is training or inference, or another scope that the SDK lists for the framework. With
    the type of a GPU instance, such as ml.g5.xlarge, it is the image for GPUs.

    Raises:
        DefinitionError: the SDK lists no such image.
    """
    from sagemaker.core import image_uris

    known = {path.stem for path in Path(image_uris.__file__).parent.glob("image_uri_config/*.json")}
    _require(framework in known, "framework", framework, known)
    config = image_uris.config_for_framework(framework)
    scopes = config.get("scope") or [name for name, each in config.items() if "versions" in each]
    _require(scope in scopes, "scope", scope, scopes)
    versions = config.get(scope, config)["versions"]
    _require(version in versions, "version", version, versions)
    words = re.findall(r"[A-Za-z0-9]+", f"{framework} {version} {scope} {instance_type}")
    value = "".join(word.capitalize() for word in words) + "ImageUri"
    return Image(value, framework, version, scope, instance_type=instance_type)


def _require(holds: bool, name: str, value: str, allowed: Iterable[str]) -> None:
    if not holds:
        raise DefinitionError(
            f"aws_image: {name} is {value!r}: allowed is one of {', '.join(sorted(allowed))}"
        )


@cache
def regional_uris(image: Image) -> dict[str, str]:
    """Return region -> URI of `image`, for every region. The import of the SDK takes seconds."""
    from sagemaker.core import common_utils, image_uris

    # For each URI the SDK reads a file with all endpoints of AWS. Without a cache, these reads take
    # ten times as long as the other work.
    common_utils._botocore_resolver = cache(common_utils._botocore_resolver)
    config = image_uris.config_for_framework(image.framework)
    versions = config.get(image.scope, config)["versions"]  # no scopes: top level
    (*_, python) = versions[image.version].get("py_versions") or [None]
    return {
        region: image_uris.retrieve(
            image.framework,
            region,
            version=image.version,
            image_scope=image.scope,
            instance_type=image.instance_type,
            py_version=python,
        )
        for region in sorted(versions[image.version]["registries"])
    }
