"""The URIs of AWS's images by region, from the SDK's own tables (needs the SDK)."""

from sagemaker.core import image_uris

from pipeline_code.definition.names import Image


def regional_uris(image: Image) -> dict[str, str]:
    """Region -> URI of `image`, for every region that the SDK lists."""
    return {region: _uri(image, region) for region in _regions(image)}


def _regions(image: Image) -> list[str]:
    config = image_uris.config_for_framework(image.framework)
    versions = config.get(image.scope, config)["versions"]  # one scope only: at the top
    return sorted(versions[image.version]["registries"])


def _uri(image: Image, region: str) -> str:
    uri: str = image_uris.retrieve(
        image.framework,
        region,
        version=image.version,
        image_scope=image.scope,
        instance_type="ml.m5.large",
    )
    return uri
