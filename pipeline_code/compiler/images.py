"""The images that AWS publishes, and their URIs by region, from the tables of the SDK."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

_PACKAGES = Path(__file__).parent / "image_packages"


@dataclass(frozen=True)
class Image:
    """An image that AWS publishes in every region.

    `framework`, `version` and `scope` are the arguments of the SDK's `image_uris`; `version` is
    None for an image with only one version. `value` is the name of the environment value with the
    URI. `python` is the version of its Python if the packages of the image are known.
    """

    value: str
    framework: str
    version: str = ""
    scope: str = "training"
    python: str = ""

    @property
    def packages(self) -> Path:
        """The file with the packages of the image, one `name==version` a line."""
        return _PACKAGES / f"{self.framework}.txt"


# The name that a pipeline uses -> the image.
IMAGES = {
    "sklearn": Image("SklearnImageUri", "sklearn", "1.9-0", python="3.12"),
    "xgboost": Image("XgboostImageUri", "xgboost", "3.2-0", python="3.12"),
    "model-monitor": Image("ModelMonitorImageUri", "model-monitor", scope="monitoring"),
}
# The newest wheels that run in these images: they are Amazon Linux 2023, with glibc 2.34.
# https://docs.aws.amazon.com/linux/al2023/ug/core-glibc.html
GLIBC = 34


@cache
def regional_uris(image: Image) -> dict[str, str]:
    """Return region -> URI of `image`, for every region. The import of the SDK takes seconds."""
    from sagemaker.core import common_utils, image_uris

    # For each URI the SDK reads a file with all endpoints of AWS. Without a cache, these reads take
    # ten times as long as the other work.
    common_utils._botocore_resolver = cache(common_utils._botocore_resolver)
    config = image_uris.config_for_framework(image.framework)
    versions = config.get(image.scope, config)["versions"]  # no scopes: top level
    return {
        region: image_uris.retrieve(
            image.framework,
            region,
            version=image.version,
            image_scope=image.scope,
            instance_type="ml.m5.large",
        )
        for region in sorted(versions[image.version]["registries"])
    }
