"""The container images of a pipeline in an environment's region: those of AWS, and others."""

from __future__ import annotations

from collections.abc import Mapping

from stacks.common.validation import require
from stacks.config import refuse
from stacks.pipeline.pipeline_context import PipelineContext
from stacks.platform import Platform


def image_values(uris: Mapping[str, Mapping[str, str]], region: str) -> dict[str, str]:
    """Name -> URI in `region`; `uris` has them by name and region.

    Raises:
        ConfigurationError: AWS does not publish one of the images in this region.
    """
    for name, regional in uris.items():
        if region not in regional:
            raise refuse(
                f"region (for {name})",
                region,
                allowed=", ".join(sorted(regional)),
                remedy="deploy where AWS publishes the image",
            )
    return {name: regional[region] for name, regional in uris.items()}


def own_images(platform: Platform, pipeline: PipelineContext) -> dict[str, str]:
    """Name -> URI of the images that the settings of the pipeline name.

    Raises:
        ConfigurationError: the definition needs an image without a URI, or a URI is for another
        region. SageMaker pulls images from ECR in the region of the job.
    """
    given = pipeline.settings.images
    needed = set(pipeline.manifest.images) - set(pipeline.image_uris)
    region = platform.environment.region
    for name in sorted(needed | set(given)):
        require(
            name in given and name in needed,
            f"{pipeline.name}.images",
            dict(given),
            allowed=f"the images of the definition: {', '.join(sorted(needed)) or 'none'}",
            remedy=f"{'remove' if name in given else 'add the URI of'} {name}",
        )
        require(
            given[name].split(".")[3] == region,
            f"{pipeline.name}.images[{name!r}]",
            given[name],
            allowed=f"an image in {region}, the region of {platform.environment.name}",
            remedy="push the image to ECR in this region",
        )
    return dict(given)
