"""The container images of a pipeline in an environment's region: those of AWS, and others."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from stacks.common.validation import require
from stacks.config import refuse
from stacks.pipeline.built_image import built_images
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


def images_of(platform: Platform, pipeline: PipelineContext) -> dict[str, str]:
    """Name -> URI of the images of the pipeline's jobs, and of the models that it uses.

    Raises:
        ConfigurationError: an image does not exist in the region, or its URI is not set.
    """
    region = platform.environment.region
    own, built = pipeline.own_images, built_images(platform, pipeline)
    _check_own(pipeline, own, region, others={*pipeline.image_uris, *built})
    return {**image_values(pipeline.image_uris, region), **built, **own}


def _check_own(
    pipeline: PipelineContext, given: Mapping[str, str], region: str, *, others: Collection[str]
) -> None:
    """SageMaker pulls images from ECR in the region of the job.

    `others` are the images of AWS, and those that a deployment builds.
    """
    used = {*pipeline.manifest.images, *pipeline.models_of.manifest.hosting.images}
    needed = used - set(others)
    for name in sorted(needed | set(pipeline.settings.images)):
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
            allowed=f"an image in {region}, the region of the environment",
            remedy="push the image to ECR in this region",
        )
