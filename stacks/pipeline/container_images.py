"""The AWS container images in an environment's region."""

from __future__ import annotations

from collections.abc import Mapping

from stacks.config import refuse


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
