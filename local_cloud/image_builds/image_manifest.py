"""The manifest of an image that the laptop has built: it contains all that jobs need of the image.

It has the format of Docker, the only one that SageMaker accepts.
https://distribution.github.io/distribution/spec/manifest-v2-2/
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

MEDIA_TYPE = "application/vnd.docker.distribution.manifest.v2+json"
_ANNOTATION = "laptop.image"
_LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"
_CONFIG = "application/vnd.docker.container.image.v1+json"


@dataclass(frozen=True)
class BuiltImage:
    """An image: the repository of its base, or `python`, the folder of its packages, its variables.

    `entrypoint` is the entry point of its Dockerfile; empty: that of the base.
    """

    base: str
    packages: str
    variables: Mapping[str, str]
    entrypoint: tuple[str, ...] = ()

    def manifest(self) -> str:
        """Return the manifest as JSON."""
        text = json.dumps(asdict(self), sort_keys=True)
        digest = f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
        blob = {"digest": digest, "size": len(text)}
        document = {
            "schemaVersion": 2,
            "mediaType": MEDIA_TYPE,
            "config": {"mediaType": _CONFIG, **blob},
            "layers": [{"mediaType": _LAYER, **blob}],
            "annotations": {_ANNOTATION: text},
        }
        return json.dumps(document, sort_keys=True)


def image_of_manifest(manifest: str) -> BuiltImage | None:
    """Return the image of a manifest; None if another program has written it."""
    document: dict[str, Any] = json.loads(manifest)
    text = document.get("annotations", {}).get(_ANNOTATION)
    if text is None:
        return None
    found = json.loads(text)
    return BuiltImage(**{**found, "entrypoint": tuple(found["entrypoint"])})
