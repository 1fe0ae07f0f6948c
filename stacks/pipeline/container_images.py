"""The container images that a definition names, where an environment is."""

from __future__ import annotations

from pipeline_code.definition import CompiledDefinition
from pipeline_code.definition.storage import registered_images
from stacks.config import refuse


def images_of(definition: CompiledDefinition, region: str) -> dict[str, str]:
    """The image of each image parameter in `region`.

    Raises:
        ConfigurationError: AWS publishes one of them elsewhere only.
    """
    for parameter, uris in definition.image_uris.items():
        if region not in uris:
            raise refuse(
                f"region (for {parameter} of {definition.name})",
                region,
                allowed=", ".join(sorted(uris)),
                remedy="deploy where AWS publishes the image",
            )
    return {parameter: uris[region] for parameter, uris in definition.image_uris.items()}


def model_images(definition: CompiledDefinition, region: str) -> list[str]:
    """The images of the models that the definition registers, in `region`."""
    every = images_of(definition, region)
    return [every[parameter] for parameter in registered_images(definition.body)]
