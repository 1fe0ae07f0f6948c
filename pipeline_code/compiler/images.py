"""The images that AWS publishes, and their URIs by region from the SDK's own tables."""

from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True)
class Image:
    """An image that AWS publishes in every region.

    `framework`, `version` and `scope` are the names that the SDK's `image_uris` knows; an image of
    which there is only one version has none. `value` is the environment value with its URI.
    """

    value: str
    framework: str
    version: str = ""
    scope: str = "training"


# The name that a pipeline uses -> the image.
IMAGES = {
    "sklearn": Image("SklearnImageUri", "sklearn", "1.9-0"),
    "xgboost": Image("XgboostImageUri", "xgboost", "3.2-0"),
    "model-monitor": Image("ModelMonitorImageUri", "model-monitor", scope="monitoring"),
}


@cache
def regional_uris(image: Image) -> dict[str, str]:
    """Region -> URI of `image`, for every region that the SDK lists; imports the SDK (seconds)."""
    from sagemaker.core import common_utils, image_uris

    # The SDK reads a file of all endpoints of AWS for each URI, which takes ten times the rest.
    common_utils._botocore_resolver = cache(common_utils._botocore_resolver)
    config = image_uris.config_for_framework(image.framework)
    versions = config.get(image.scope, config)["versions"]  # one scope only: at the top
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
