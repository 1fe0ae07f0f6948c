"""The properties of variants in service that an update keeps.

Source: UpdateEndpoint, RetainAllVariantProperties and ExcludeRetainedVariantProperties.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local_cloud.sagemaker.endpoints.production_variants import Variant, VariantSet


def with_retained(
    config: Mapping[str, Any], live: VariantSet | None, request: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Return the configuration with the counts, weights and capture that an update retains."""
    if live is None or not request.get("RetainAllVariantProperties"):
        return config
    excluded = {
        entry["VariantPropertyType"]
        for entry in request.get("ExcludeRetainedVariantProperties") or []
    }
    variants = [
        {**settings, **_retained(live.variants.get(settings["VariantName"]), excluded)}
        for settings in config["ProductionVariants"]
    ]
    kept = {**config, "ProductionVariants": variants}
    if "DataCaptureConfig" not in excluded and live.capture is not None:
        kept["DataCaptureConfig"] = live.capture
    return kept


def _retained(variant: Variant | None, excluded: set[str]) -> dict[str, Any]:
    if variant is None:
        return {}
    values = {
        "DesiredInstanceCount": ("InitialInstanceCount", variant.desired_count),
        "DesiredWeight": ("InitialVariantWeight", variant.weight),
    }
    return dict(pair for name, pair in values.items() if name not in excluded)
